import LibPQ

/// Rolls everything up, and has the ledger compare its rollups with its events.
struct RollupCheck: Sendable {
    let world: World

    func check() async throws -> Check {
        while try await world.value("select roll_up()", as: Int64?.self) != 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        let differences = try await world.withAdministrator { connection in
            try await connection.query("select kind || ' ' || key from verify_rollups()").map {
                try $0.decode(String.self)
            }
        }
        let counts = try await world.value(
            """
            select (select count(*) from rollup_cells) || ' cells and ' || (select count(*) from run_summaries)
                || ' runs up to ' || position
            from rollup
            """, as: String.self)
        return Check("rollups are what the events add up to", counts, faults: differences)
    }
}
