package import LibPQ

/// What was read of `ledger_events` for one page.
package struct PageRead: Sendable {
    package private(set) var events: [StoredEvent] = []
    /// How many bytes the events have, roughly as JSON.
    package private(set) var byteCount = 0
    /// Whether the query gave more than these.
    package private(set) var hasMore = false

    /// Nothing.
    package init() {}

    /// Reads over `connection` what `query` gives of `ledger_events`, in the order `order`, up to `limit` events and the
    /// one with which they have `maximumBytes`.
    ///
    /// - Parameter query: gives one more than `limit`, if there is one, for ``hasMore`` to be right.
    package init(
        _ query: PostgresQuery, order: String, limit: Int, maximumBytes: Int, on connection: PostgresConnection
    ) async throws {
        let rows = try await connection.query(
            """
            select \(unsafeSQL: StoredEvent.columns), used, total
            from (
                select *, count(*) over () as total,
                       sum(bytes) over (order by \(unsafeSQL: order) rows unbounded preceding) as used
                from (
                    select *, octet_length(metrics::text) + octet_length(issues::text) + 300 as bytes
                    from (\(query)) as page
                ) as measured
            ) as summed
            where used - bytes < \(maximumBytes) order by \(unsafeSQL: order) limit \(limit)
            """)
        events = try rows.map(StoredEvent.init)
        guard let last = rows.last else { return }
        byteCount = Int(try last.decode(15, as: Int64.self))
        hasMore = Int(try last.decode(16, as: Int64.self)) > events.count
    }
}
