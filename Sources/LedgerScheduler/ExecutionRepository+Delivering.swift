package import Foundation
import LibPQ
package import WorkflowEvents
import WorkflowEventsPostgres

extension ExecutionRepository {
    /// What nobody's file of schedules names for so long is given up.
    static let maximumUnknownAge = Duration.seconds(24 * 3600)

    /// When the next delivery is due: one to the targets of these SHA-256s, or one of `schedules` that no file has named
    /// for a day; `nil` if there is none.
    package func nextDelivery(to targets: [String], of schedules: [String], at now: Timestamp) async throws
        -> Timestamp?
    {
        try await pool.withConnection { connection in
            try await connection.query(
                """
                select min(next_attempt_at)
                from report_deliveries d join report_executions e on e.id = d.execution_id
                where \(Self.isOurs(targets, schedules, now))
                """)[0].decode(PostgresTimestamp?.self).map { Timestamp($0) }
        }
    }

    /// The leave to deliver at most `limit` of what is due.
    ///
    /// - Parameter executions: only of these executions; `nil` for all.
    package func claimDeliveries(
        to targets: [String], of schedules: [String], executions: [Int64]? = nil, at now: Timestamp, limit: Int
    ) async throws -> [DeliveryClaim] {
        let time = PostgresTimestamp(now)
        return try await pool.withConnection { connection in
            try await connection.query(
                """
                with due as (
                    select d.id, e.schedule, e.report, e.slot, e.rows_sha256
                    from report_deliveries d join report_executions e on e.id = d.execution_id
                    where \(Self.isOurs(targets, schedules, now)) and d.next_attempt_at <= \(time)
                        and (\(executions == nil) or d.execution_id = any (\(executions ?? [])))
                    order by d.next_attempt_at, d.id limit \(Int64(limit))
                    for update of d skip locked
                )
                update report_deliveries d
                set attempts = attempts + 1, next_attempt_at = \(PostgresTimestamp(now + DeliveryClaim.lease)),
                    first_attempt_at = coalesce(first_attempt_at, \(time))
                from due where due.id = d.id
                returning d.id, d.execution_id, due.schedule, due.report, due.slot, d.format,
                    encode(due.rows_sha256, 'hex'), encode(d.target_sha256, 'hex'), d.attempts, d.first_attempt_at
                """
            ).map(DeliveryClaim.init)
        }
    }

    /// Which ledger it is.
    package func ledgerID() async throws -> UUID {
        try await pool.withConnection { try await $0.query("select id from ledger")[0].decode(UUID.self) }
    }

    /// What `claim` delivers; `nil` if it is kept no more.
    package func content(of claim: DeliveryClaim) async throws -> [UInt8]? {
        try await pool.withConnection { connection in
            try await connection.query(
                """
                select content from report_artifacts
                where execution_id = \(claim.executionID) and format = \(claim.format)
                """
            ).first?.decode([UInt8]?.self)
        }
    }

    /// Keeps that `claim` was delivered, and lets go of the content that nobody waits for any more.
    package func deliver(_ claim: DeliveryClaim, at now: Timestamp) async throws {
        try await end(
            claim, "state = 'delivered', next_attempt_at = null, delivered_at = \(PostgresTimestamp(now)), error = null"
        )
    }

    /// Keeps that `claim` is not delivered and why, and lets go of the content that nobody waits for any more.
    package func giveUp(_ claim: DeliveryClaim, _ error: String) async throws {
        try await end(claim, "state = 'failed', next_attempt_at = null, error = \(error)")
    }

    /// Has `claim` tried again at `time`, and keeps why.
    package func retry(_ claim: DeliveryClaim, _ error: String, at time: Timestamp) async throws {
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                """
                update report_deliveries set next_attempt_at = \(PostgresTimestamp(time)), error = \(error)
                where \(Self.holds(claim))
                """)
        }
    }

    /// Gives `claim` back to whoever comes next.
    package func release(_ claim: DeliveryClaim, at now: Timestamp) async throws {
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                "update report_deliveries set next_attempt_at = \(PostgresTimestamp(now)) where \(Self.holds(claim))")
        }
    }

    private func end(_ claim: DeliveryClaim, _ changes: PostgresQuery) async throws {
        try await pool.withConnection { connection in
            try await connection.transaction { connection in
                // Two that end at once would each see the other pending, and both keep the content.
                _ = try await connection.query(
                    """
                    select from report_artifacts
                    where execution_id = \(claim.executionID) and format = \(claim.format) for update
                    """)
                try await connection.execute("update report_deliveries set \(changes) where \(Self.holds(claim))")
                try await connection.execute(
                    """
                    update report_artifacts a set content = null
                    where execution_id = \(claim.executionID) and format = \(claim.format) and content is not null
                        and not exists (
                            select from report_deliveries d
                            where d.execution_id = a.execution_id and d.format = a.format and d.state = 'pending')
                    """)
            }
        }
    }

    private static func holds(_ claim: DeliveryClaim) -> PostgresQuery {
        "id = \(claim.id) and attempts = \(Int32(claim.attempt)) and state = 'pending'"
    }

    private static func isOurs(_ targets: [String], _ schedules: [String], _ now: Timestamp) -> PostgresQuery {
        let unknownSince = now + (.zero - maximumUnknownAge)
        return """
            d.state = 'pending' and e.schedule = any (\(schedules))
            and (encode(d.target_sha256, 'hex') = any (\(targets)) or d.created_at < \(PostgresTimestamp(unknownSince)))
            """
    }
}

extension DeliveryClaim {
    fileprivate init(_ row: PostgresRow) throws {
        self.id = try row.decode(0, as: Int64.self)
        self.executionID = try row.decode(1, as: Int64.self)
        self.schedule = try row.decode(2, as: String.self)
        self.report = try row.decode(3, as: String.self)
        self.slot = Timestamp(try row.decode(4, as: PostgresTimestamp.self))
        self.format = try row.decode(5, as: String.self)
        self.rowsSHA256 = try row.decode(6, as: String.self)
        self.targetSHA256 = try row.decode(7, as: String.self)
        self.attempt = Int(try row.decode(8, as: Int32.self))
        self.firstAttemptAt = Timestamp(try row.decode(9, as: PostgresTimestamp.self))
    }
}
