package import LibPQ
package import Logging
package import WorkflowEventsPostgres

/// Reads on from a position, for as long as it is asked to.
///
/// Nothing is kept between passes but the last position: a lost connection, a restart of the database or a slow reader
/// change nothing in what is delivered.
package struct Tail: Sendable {
    private let ledger: Ledger
    private let database: LedgerDatabase
    private let logger: Logger
    private static let pageLimit = 1000

    /// The tail of the ledger in `database`, read over connections of `pool`.
    package init(database: LedgerDatabase, pool: PostgresPool, logger: Logger) {
        self.ledger = Ledger(pool: pool)
        self.database = database
        self.logger = logger
    }

    /// Delivers every event after `position`, in order, each once, until cancelled, `deliver` throws, or the
    /// database refuses what a repetition would not change.
    ///
    /// - Parameter deliver: called with at most a thousand events at a time; the next are read when it returns.
    package func follow(
        after position: Int64, _ deliver: ([StoredEvent]) async throws -> Void
    ) async throws {
        var last = position
        var backoff = Backoff()
        try await WakeUps(database: database, logger: logger).forEach {
            while true {
                // What `deliver` throws is not tried again, hence only the reading is.
                let events = try await next(after: last, &backoff)
                guard let newest = events.last?.position else { break }
                try await deliver(events)
                last = newest
            }
        }
    }

    /// The next events; none where there is nothing new, or after a failure that may pass.
    private func next(after position: Int64, _ backoff: inout Backoff) async throws -> [StoredEvent] {
        do {
            let head = try await ledger.advance()
            let events = position < head ? try await ledger.events(after: position, limit: Self.pageLimit) : []
            backoff.reset()
            return events
        } catch {
            try Task.checkCancellation()
            guard let error = error as? PostgresError, error.isRetryable else { throw error }
            logger.warning("following again in a moment", metadata: ["reason": "\(error.message)"])
            try await Task.sleep(for: backoff.next())
            return []
        }
    }
}
