#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import LibPQ
package import WorkflowEvents

/// What a query over the ledger's bounded views answered, and as of what.
package struct BoundedRead: Sendable {
    package var rows: PostgresRows
    /// Every event up to this position was in the views, and none after it.
    package var position: Int64
    package var ledgerID: UUID
    /// The database's time when the query began.
    package var time: Timestamp
}

extension PostgresPool {
    /// Runs `query` over the views that end at the head, everything acknowledged before the call included.
    ///
    /// The query runs in a read-only transaction of its own, as the ledger's reader where the login may take that
    /// role, and ends after `timeout`.
    package func boundedRead(_ query: PostgresQuery, timeout: Duration = .seconds(60)) async throws -> BoundedRead {
        let results = try await withConnection { connection in
            _ = try await connection.query("select sequence()")
            return try await connection.pipeline([
                "begin isolation level repeatable read read only",
                """
                select set_config('runledger.as_of', head.position::text, true)::bigint, ledger.id, now()
                from ledger, (select coalesce((select first_position + event_count - 1 from event_batches
                                               where first_position is not null
                                               order by first_position desc limit 1), 0) as position) head
                """,
                "select set_config('statement_timeout', \(String(Int64(timeout / .milliseconds(1)))), true)",
                """
                select set_config('role', rolname, true) from ledger join pg_roles on rolname = ledger.reader_role
                where pg_has_role(rolname, 'member')
                """,
                query,
                "commit",
            ])
        }
        let (position, ledgerID, now) = try results[1][0].decode(Int64.self, UUID.self, PostgresTimestamp.self)
        return BoundedRead(rows: results[4], position: position, ledgerID: ledgerID, time: Timestamp(now))
    }
}

extension PostgresQuery {
    /// The first `limit` rows of the query, in its order, with `columns` alone, each cast to its type.
    package func projected(on columns: [(name: String, type: String)], limit: Int) -> PostgresQuery {
        let list = columns.map { "\(PostgresQuery.quote(identifier: $0.name))::\($0.type)" }.joined(separator: ", ")
        return "select \(unsafeSQL: list) from (\n\(self)\n) as answer limit \(limit)"
    }
}
