extension PostgresConnection {
    /// Runs the queries in one round trip.
    ///
    /// They are one transaction, unless one is open already or they begin one themselves: when one fails, none has
    /// taken effect.
    ///
    /// - Returns: each query's rows, in order.
    /// - Throws: the first query's error that fails; see ``query(_:)``.
    @discardableResult
    package func pipeline(_ queries: [PostgresQuery]) async throws(PostgresError) -> [PostgresRows] {
        guard !queries.isEmpty else { return [] }
        return try await statement { session throws(PostgresError) in try session.pipeline(queries) }
            .map(PostgresRows.init)
    }
}
