import LibPQ
import WorkflowEvents
package import WorkflowEventsPostgres

/// A stretch of the history as one reader sees it.
package struct HistoryPage: Sendable {
    /// The events that passed, by position.
    package var events: [StoredEvent]
    /// The position up to which the page tells everything; the next begins behind it.
    package var end: Int64
}

extension Ledger {
    /// What there is of `filter` after position `position` and up to `end`, or less of it.
    ///
    /// - Parameters:
    ///   - filter: runs, nodes and phases; its other conditions are not looked at.
    ///   - end: a position that has been given, or a lower one.
    ///   - limit: how many events at most.
    /// - Returns: a page whose `end` lies behind `position`, whether or not any event passed.
    package func history(
        _ filter: EventFilter, after position: Int64, through end: Int64, limit: Int
    ) async throws -> HistoryPage {
        if filter.runIDs.isEmpty {
            return try await stretch(filter, after: position, through: end, limit: limit)
        }
        return try await runs(filter, after: position, through: end, limit: limit)
    }

    /// Reads position after position, so that a filter which nothing passes gets on as well.
    private func stretch(
        _ filter: EventFilter, after position: Int64, through end: Int64, limit: Int
    ) async throws -> HistoryPage {
        let isWhole = filter.nodes.isEmpty && filter.phases.isEmpty
        let count = min(end - position, Int64(isWhole ? limit : limit * 5))
        if isWhole {
            let events = try await events(after: position, limit: Int(count))
            return HistoryPage(events: events, end: position + Int64(events.count))
        }
        var query: PostgresQuery = """
            select \(unsafeSQL: StoredEvent.columns) from ledger_events_after(\(position), \(count)) where true
            """
        query.append(filter.choice)
        return HistoryPage(events: try await read(query), end: position + count)
    }

    /// Reads the runs by their key, and the positions from them: a run is short, and the ledger is long.
    private func runs(
        _ filter: EventFilter, after position: Int64, through end: Int64, limit: Int
    ) async throws -> HistoryPage {
        var query: PostgresQuery = """
            with run as materialized (
                select * from ledger_events where run_id = any (\(filter.runIDs))
            )
            select \(unsafeSQL: StoredEvent.columns) from run where position > \(position) and position <= \(end)
            """
        query.append(filter.choice)
        query.append(" order by position limit \(limit)")
        let events = try await read(query)
        return HistoryPage(events: events, end: events.count < limit ? end : events.last?.position ?? end)
    }

    private func read(_ query: PostgresQuery) async throws -> [StoredEvent] {
        try await pool.withConnection { try await $0.query(query) }.map(StoredEvent.init)
    }
}

extension EventFilter {
    /// Its nodes and phases as conditions, each after an `and`.
    fileprivate var choice: PostgresQuery {
        var choice: PostgresQuery = ""
        if !nodes.isEmpty { choice.append(" and node = any (\(nodes.map(\.rawValue)))") }
        if !phases.isEmpty { choice.append(" and phase = any (\(phases.map(\.rawValue)))") }
        return choice
    }
}
