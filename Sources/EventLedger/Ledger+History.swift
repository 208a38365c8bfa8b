import LibPQ
import WorkflowEvents
package import WorkflowEventsPostgres

/// A stretch of the history as one reader sees it.
package struct HistoryPage: Sendable {
    /// The events that passed, by position.
    package var events: [StoredEvent]
    /// The position up to which the page tells everything; the next begins behind it.
    package var end: Int64
    /// Whether the filter's runs are too long to be read whole; whoever reads the next page says so.
    package var hasLongRuns = false
}

extension Ledger {
    /// What there is of `filter` after position `position` and up to `end`, or less of it.
    ///
    /// - Parameters:
    ///   - filter: runs, nodes and phases; its other conditions are not looked at.
    ///   - end: a position that has been given, or a lower one.
    ///   - limit: how many events at most.
    ///   - maximumBytes: the page ends with the event with which it holds so many, roughly as JSON.
    ///   - hasLongRuns: what the page before this one said; `false` for the first.
    /// - Returns: a page whose `end` lies behind `position`, whether or not any event passed, unless the event at the
    ///   next position cannot be read yet.
    package func history(
        _ filter: EventFilter, after position: Int64, through end: Int64, limit: Int, maximumBytes: Int,
        hasLongRuns: Bool = false
    ) async throws -> HistoryPage {
        let bounds = PageBounds(limit: limit, maximumBytes: maximumBytes)
        if filter.runIDs.isEmpty {
            return try await stretch(filter, after: position, through: end, bounds)
        }
        if !hasLongRuns, try await areShort(filter.runIDs) {
            return try await shortRuns(filter, after: position, through: end, bounds)
        }
        return try await longRuns(filter, after: position, through: end, bounds)
    }

    /// Reads position after position, so that a filter which nothing passes gets on as well.
    private func stretch(
        _ filter: EventFilter, after position: Int64, through end: Int64, _ bounds: PageBounds
    ) async throws -> HistoryPage {
        let isWhole = filter.nodes.isEmpty && filter.phases.isEmpty
        let count = min(end - position, Int64(isWhole ? bounds.limit : bounds.limit * 5))
        var query: PostgresQuery = "select * from ledger_events_after(\(position), \(count)) where true"
        query.append(filter.choice)
        let read = try await read(query, bounds)
        guard isWhole else {
            return HistoryPage(events: read.events, end: read.isCut(bounds) ? read.last ?? position : position + count)
        }
        // Stops short of a position whose event cannot be read yet.
        let next = zip(read.events, (position + 1)...).prefix { $0.position == $1 }.map(\.0)
        return HistoryPage(events: next, end: position + Int64(next.count))
    }

    /// Whether there are so few events of `runIDs` that all of them can be read for each page.
    private func areShort(_ runIDs: [String]) async throws -> Bool {
        try await pool.withConnection { connection in
            try await connection.query(
                """
                select count(*) <= \(Self.shortRunLength)
                from (select from workflow_events where run_id = any (\(runIDs)) limit \(Self.shortRunLength + 1)) as run
                """)[0].decode(Bool.self)
        }
    }

    /// Reads the runs by their key, and the positions from them: a run is short, and the ledger is long.
    private func shortRuns(
        _ filter: EventFilter, after position: Int64, through end: Int64, _ bounds: PageBounds
    ) async throws -> HistoryPage {
        var query: PostgresQuery = """
            with run as materialized (
                select * from ledger_events where run_id = any (\(filter.runIDs))
            )
            select * from run where position > \(position) and position <= \(end)
            """
        query.append(filter.choice)
        query.append(" order by position limit \(bounds.limit)")
        let read = try await read(query, bounds)
        return HistoryPage(events: read.events, end: read.isCut(bounds) ? read.last ?? end : end)
    }

    /// Reads of the runs what was stored within stretches of positions, found by the times that their batches name.
    private func longRuns(
        _ filter: EventFilter, after position: Int64, through end: Int64, _ bounds: PageBounds
    ) async throws -> HistoryPage {
        var page = HistoryPage(events: [], end: position, hasLongRuns: true)
        var (rest, width) = (bounds, Int64(bounds.limit))
        // Where other runs lie between, the stretches grow, up to a length that does not keep others waiting.
        while page.end < end, width <= Self.maximumStretch {
            let stop = min(end, page.end + width)
            let read = try await runs(filter, after: page.end, through: stop, rest)
            page.events += read.events
            let isCut = read.isCut(rest)
            page.end = isCut ? read.last ?? stop : stop
            rest.limit -= read.events.count
            rest.maximumBytes -= read.byteCount
            guard !isCut, rest.limit > bounds.limit / 2, rest.maximumBytes > 0 else { break }
            width *= 8
        }
        return page
    }

    private func runs(
        _ filter: EventFilter, after position: Int64, through end: Int64, _ bounds: PageBounds
    ) async throws -> PageRead {
        let times = try await pool.withConnection { connection in
            try await connection.query(
                """
                select min(ts_min), max(ts_max) from event_batches
                where first_position between coalesce((
                    select first_position from event_batches where first_position <= \(position + 1)
                    order by first_position desc limit 1), 0) and \(end)
                """)[0].decode(PostgresTimestamp?.self, PostgresTimestamp?.self)
        }
        guard let earliest = times.0, let latest = times.1 else { return PageRead() }
        // The times are bound, so that partitions they leave out are not even planned.
        var query: PostgresQuery = """
            with run as materialized (
                select * from ledger_events
                where run_id = any (\(filter.runIDs)) and ts between \(earliest) and \(latest)
            )
            select * from run where position > \(position) and position <= \(end)
            """
        query.append(filter.choice)
        query.append(" order by position limit \(bounds.limit)")
        return try await read(query, bounds)
    }

    /// Reads what `query` gives of `ledger_events`, up to the event with which the page is full.
    private func read(_ query: PostgresQuery, _ bounds: PageBounds) async throws -> PageRead {
        try await pool.withConnection { connection in
            try await PageRead(
                query, order: "position", limit: bounds.limit, maximumBytes: bounds.maximumBytes, on: connection)
        }
    }

    /// Runs up to this length are read whole for each page of them.
    private static let shortRunLength = 10_000
    /// Over so many positions a long run is looked for at a time.
    private static let maximumStretch: Int64 = 1 << 20
}

/// What a page may hold.
private struct PageBounds {
    var limit: Int
    var maximumBytes: Int
}

extension PageRead {
    fileprivate var last: Int64? { events.last?.position }

    /// Whether there may be more within the bounds of the query, which gave no more than the page may hold.
    fileprivate func isCut(_ bounds: PageBounds) -> Bool { hasMore || events.count >= bounds.limit }
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
