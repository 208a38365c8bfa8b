import LibPQ

extension MigrationSession {
    /// Refuses to go down while events are stored, unless that is meant for this very ledger.
    func refuseToDestroyEvents(unless destroyEvents: Bool, of ledgerID: String?) async throws {
        guard try await hasEvents() else { return }
        let id = try await connection.query(
            "select id::text from \(identifier: migrator.schema).ledger")[0].decode(String.self)
        guard destroyEvents else {
            throw SchemaError(
                .eventsExist,
                """
                Ledger \(id) in schema \(migrator.schema) holds events, which going down would destroy. If that is \
                meant: --destroy-events --ledger-id \(id)
                """)
        }
        guard ledgerID?.lowercased() == id else {
            throw SchemaError(
                .eventsExist,
                """
                Schema \(migrator.schema) holds events of ledger \(id), not of \(ledgerID ?? "the one named"). If that \
                one is meant: --destroy-events --ledger-id \(id)
                """)
        }
    }

    private func hasEvents() async throws -> Bool {
        for table in ["event_batches", "workflow_events"] {
            let name = PostgresQuery.quote(identifier: migrator.schema) + "." + table
            let exists = try await connection.query("select to_regclass(\(name)) is not null")[0].decode(Bool.self)
            if exists {
                let rows = try await connection.query("select exists (select from \(unsafeSQL: name))")
                if try rows[0].decode(Bool.self) { return true }
            }
        }
        return false
    }
}
