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
    /// How percentiles in the answer were reckoned, as `duration_statistics()` says it: `exact` or `sketched`; `nil`
    /// where there are none.
    package var percentiles: String?
    /// The parameters that the query chose a value for, in microseconds since 1970, as `resolved_parameter()` says it.
    package var parameters: [String: Int64]
}

extension PostgresPool {
    /// Runs `query` over the views that end at `bounds`, everything acknowledged before the call included unless those
    /// say otherwise.
    ///
    /// The query runs in a read-only transaction of its own, as the ledger's reader where the login may take that
    /// role, and ends after `timeout`, or where that is `nil`, when the connection's own time is over.
    ///
    /// - Throws: ``ReadBoundsError``, without running the query; an error of the database connection.
    package func boundedRead(
        _ query: PostgresQuery, _ bounds: ReadBounds = ReadBounds(), timeout: Duration? = nil
    ) async throws -> BoundedRead {
        try await withConnection { connection in
            let head = try await connection.query("select sequence()")[0].decode(Int64.self)
            let position = try await connection.position(bounds.asOf, head: head)
            let milliseconds = timeout.map { String(Int64($0 / .milliseconds(1))) }
            let results = try await connection.pipeline([
                "begin isolation level repeatable read read only",
                """
                select ledger.id, now(), set_config('runledger.as_of', \(String(position)), true),
                       set_config('runledger.recorded_since', \(bounds.recordedSince?.rfc3339 ?? ""), true),
                       set_config('runledger.recorded_until', \(bounds.recordedUntil?.rfc3339 ?? ""), true),
                       set_config('runledger.percentiles', '', true),
                       set_config('runledger.parameters', '', true),
                       set_config('statement_timeout',
                                  coalesce(\(milliseconds), current_setting('statement_timeout')), true)
                from ledger
                """,
                """
                select set_config('role', rolname, true) from ledger join pg_roles on rolname = ledger.reader_role
                -- By its number, for this may be asked of every role, also one that is being dropped.
                where pg_has_role(pg_roles.oid, 'member')
                """,
                query,
                """
                select nullif(current_setting('runledger.percentiles', true), ''),
                       array(select key from jsonb_each_text(p) where value is not null),
                       array(select value::bigint from jsonb_each_text(p) where value is not null)
                from (select coalesce(nullif(current_setting('runledger.parameters', true), ''), '{}')::jsonb as p) as told
                """,
                "commit",
            ])
            let (ledgerID, now) = (
                try results[1][0].decode(0, as: UUID.self), try results[1][0].decode(1, as: PostgresTimestamp.self)
            )
            let (names, values) = (
                try results[4][0].decode(1, as: [String].self), try results[4][0].decode(2, as: [Int64].self)
            )
            return BoundedRead(
                rows: results[3], position: position, ledgerID: ledgerID, time: Timestamp(now),
                percentiles: try results[4][0].decode(0, as: String?.self),
                parameters: Dictionary(uniqueKeysWithValues: zip(names, values)))
        }
    }
}

extension PostgresConnection {
    /// The position that `asOf` means in a ledger that ends at `head`.
    fileprivate func position(_ asOf: ReadBounds.AsOf, head: Int64) async throws -> Int64 {
        var position = head
        switch asOf {
        case .now:
            return head
        case .position(let given):
            guard given <= head else { throw ReadBoundsError.beyondHead(head) }
            position = given
        case .time(let time):
            position = try await query(
                """
                select coalesce((select first_position + event_count - 1 from event_batches
                                 where first_position is not null and sequenced_at <= \(PostgresTimestamp(time))
                                 order by first_position desc limit 1), 0)
                """)[0].decode(Int64.self)
        }
        let retained = try await query(
            """
            select retained_from from ledger
            where retained_from > coalesce((select sequenced_at from event_batches
                                            where first_position <= \(position)
                                            order by first_position desc limit 1), '-infinity')
            """)
        if let row = retained.first {
            throw ReadBoundsError.notRetained(Timestamp(try row.decode(PostgresTimestamp.self)))
        }
        return position
    }
}

extension PostgresQuery {
    /// The first `limit` rows of the query, in its order, with `columns` alone, each cast to its type; behind them comes
    /// how many bytes the rows have up to each, as text. The row with which they have `maximumBytes` is the last.
    package func projected(
        on columns: [(name: String, type: String)], limit: Int, maximumBytes: Int
    ) -> PostgresQuery {
        let list = columns.map { "\(PostgresQuery.quote(identifier: $0.name))::\($0.type)" }.joined(separator: ", ")
        return """
            select \(unsafeSQL: list), "answer bytes" from (
                select *, octet_length("the answer"::text) as "row bytes",
                       sum(octet_length("the answer"::text)) over (rows unbounded preceding) as "answer bytes" from (
            \(self)
            ) as "the answer" limit \(limit)) as measured where "answer bytes" - "row bytes" < \(maximumBytes)
            """
    }

    /// How many lines of ``projected(on:limit:maximumBytes:)`` come before the query itself.
    package static let linesBeforeProjected = 3
}
