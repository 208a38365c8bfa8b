package import LibPQ

/// What the events add up to, kept exact by position; reports read it instead of the events.
///
/// Any number of processes may roll up: a pass moves one cursor in the transaction that counts, so that each event is
/// counted once.
package struct Rollup: Sendable {
    /// A place where the rollups differ from what the events add up to.
    package struct Difference: Sendable, Hashable {
        /// `cell` or `run`.
        package var kind: String
        /// Which cell (span, beginning, node, phase, segment) or run.
        package var key: String
        /// What is stored; `nil` where nothing is.
        package var stored: String?
        /// What the events add up to; `nil` where there are none.
        package var reckoned: String?
    }

    private let pool: PostgresPool

    /// So many events a pass: larger ones cost less an event, and keep the cursor's lock for longer.
    package static let usualPassSize: Int64 = 100_000

    /// The rollups of the ledger that connections of `pool` see.
    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Rolls up the next events that have a position, at most `maximum`.
    ///
    /// - Returns: by how many positions the rollups moved on, 0 if there is nothing to do; `nil` if another session is at
    ///   it.
    /// - Throws: an error of the database connection; a retry is safe.
    package func advance(maximum: Int64 = usualPassSize) async throws -> Int64? {
        try await pool.withConnection { try await $0.query("select roll_up(\(maximum))")[0].decode(Int64?.self) }
    }

    /// Rolls up until at most `tolerance` events are left, or another session is at it.
    ///
    /// - Parameter progress: called after each pass with how many events are left.
    package func catchUp(leaving tolerance: Int64 = 0, _ progress: (Int64) -> Void = { _ in }) async throws {
        while true {
            let left = try await backlog()
            progress(left)
            guard left > tolerance, let moved = try await advance(), moved > 0 else { return }
        }
    }

    /// How many events have a position and are not rolled up.
    package func backlog() async throws -> Int64 {
        try await pool.withConnection { connection in
            try await connection.query(
                """
                select coalesce((select first_position + event_count - 1 from event_batches
                                 where first_position is not null order by first_position desc limit 1), 0) - position
                from rollup
                """)[0].decode(Int64.self)
        }
    }

    /// Reckons everything from the events and compares; reads the whole ledger.
    ///
    /// - Returns: the first differences, at most `limit`; none if all is well.
    package func differences(limit: Int = 100) async throws -> [Difference] {
        try await pool.withConnection { connection in
            let results = try await connection.pipeline([
                "begin isolation level repeatable read",
                "select kind, key, stored, reckoned from verify_rollups() limit \(limit)",
                "commit",
            ])
            return try results[1].map { row in
                let (kind, key, stored, reckoned) = try row.decode(String.self, String.self, String?.self, String?.self)
                return Difference(kind: kind, key: key, stored: stored, reckoned: reckoned)
            }
        }
    }

    /// Forgets every rollup and begins again at the first event; answers stay right meanwhile, and take longer.
    ///
    /// - Throws: an error of the database connection, also where the login is no member of the ledger's owner.
    package func reset() async throws {
        _ = try await pool.withConnection { try await $0.query("select reset_rollups()") }
    }
}
