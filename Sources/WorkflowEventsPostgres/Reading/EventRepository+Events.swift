import LibPQ
package import WorkflowEvents

extension EventRepository {
    /// The events that pass `filter`, by position.
    ///
    /// - Parameters:
    ///   - order: oldest or newest first. Default newest.
    ///   - limit: how many at most, 1 to 10,000; fewer where they come to more than 8 MiB. Default 100.
    ///   - cursor: the `nextCursor` of the page before; `nil` for the first page.
    /// - Throws: an error of the database connection; a retry is safe.
    public func events(
        _ filter: EventFilter = EventFilter(), order: ListOrder = .descending, limit: Int = 100,
        after cursor: Int64? = nil
    ) async throws -> Page<StoredEvent> {
        precondition((1...10_000).contains(limit), "A page has 1 to 10,000 events.")
        _ = try await pool.withConnection { try await $0.query("select sequence()") }
        let query = Self.query(filter, order: order, limit: limit + 1, after: cursor)
        let page = try await pool.withConnection { connection in
            try await PageRead(
                query, order: "position \(order.rawValue)", limit: limit, maximumBytes: Self.maximumPageBytes,
                on: connection)
        }
        return Page(elements: page.events, nextCursor: page.hasMore ? page.events.last?.position : nil)
    }

    /// A page ends with the event with which it has so many bytes.
    private static let maximumPageBytes = 8 << 20

    /// The events of the run called `runID`, by time, then position.
    ///
    /// - Parameters:
    ///   - limit: how many at most, 1 to 10,000; fewer where they come to more than 8 MiB. Default 100.
    ///   - last: time and position of the last event of the page before; `nil` for the first page.
    /// - Returns: the events, and whether there are more.
    /// - Throws: an error of the database connection; a retry is safe.
    package func timeline(
        runID: String, limit: Int = 100, after last: (ts: Timestamp, position: Int64)? = nil
    ) async throws -> (events: [StoredEvent], hasMore: Bool) {
        precondition((1...10_000).contains(limit), "A page has 1 to 10,000 events.")
        var query: PostgresQuery = "select * from ledger_events where run_id = \(runID)"
        if let last { query.append(" and (ts, position) > (\(PostgresTimestamp(last.ts)), \(last.position))") }
        query.append(" order by ts, position limit \(limit + 1)")
        let select = query
        let page = try await pool.withConnection { connection in
            _ = try await connection.query("select sequence()")
            return try await PageRead(
                select, order: "ts, position", limit: limit, maximumBytes: Self.maximumPageBytes, on: connection)
        }
        return (page.events, page.hasMore)
    }

    private static func query(
        _ filter: EventFilter, order: ListOrder, limit: Int, after cursor: Int64?
    ) -> PostgresQuery {
        var query: PostgresQuery = "select * from ledger_events where true"
        switch (order, cursor) {
        case (.ascending, let cursor?):
            query.append(
                """
                 and position > \(cursor)
                 and batch_position >= (select coalesce(max(first_position), 0) from event_batches
                                        where first_position <= \(min(cursor, .max - 1) + 1))
                """)
        case (.descending, let cursor?):
            query.append(" and position < \(cursor) and batch_position < \(cursor)")
        case (_, nil):
            break
        }
        query.append(filter.conditions)
        query.append(
            """
             order by batch_position \(unsafeSQL: order.rawValue), ordinal \(unsafeSQL: order.rawValue)
             limit \(limit)
            """)
        return query
    }
}

extension EventFilter {
    /// The filter as conditions on `ledger_events`, each after an `and`.
    fileprivate var conditions: PostgresQuery {
        var conditions: PostgresQuery = ""
        if !runIDs.isEmpty { conditions.append(" and run_id = any (\(runIDs))") }
        if !nodes.isEmpty { conditions.append(" and node = any (\(nodes.map(\.rawValue)))") }
        if !phases.isEmpty { conditions.append(" and phase = any (\(phases.map(\.rawValue)))") }
        if let since { conditions.append(" and ts >= \(PostgresTimestamp(since))") }
        if let until { conditions.append(" and ts < \(PostgresTimestamp(until))") }
        if let hasIssues { conditions.append(" and (issues <> '{}') = \(hasIssues)") }
        if let text {
            conditions.append(
                """
                 and exists (select from unnest(issues) issue
                             where position(lower(\(text) collate "default") in lower(issue collate "default")) > 0)
                """)
        }
        return conditions
    }
}
