package import LibPQ
package import Logging
package import WorkflowEventsPostgres

/// Reads on from a position, for as long as it is asked to.
///
/// A NOTIFY wakes it; it polls behind that, so that a lost one costs a quarter of a second. Nothing is kept between
/// passes but the last position: a lost connection, a restart of the database or a slow reader change nothing in what
/// is delivered.
package struct Tail: Sendable {
    private let ledger: Ledger
    private let database: LedgerDatabase
    private let logger: Logger
    private static let pollInterval = Duration.milliseconds(250)
    private static let pageLimit = 1000

    /// The tail of the ledger in `database`, read over connections of `pool`.
    package init(database: LedgerDatabase, pool: PostgresPool, logger: Logger) {
        self.ledger = Ledger(pool: pool)
        self.database = database
        self.logger = logger
    }

    /// Delivers every event after `position`, in order, each once, until cancelled or `deliver` throws.
    ///
    /// - Parameter deliver: called with at most a thousand events at a time; the next are read when it returns.
    package func follow(
        after position: Int64, _ deliver: ([StoredEvent]) async throws -> Void
    ) async throws {
        let wakeUps = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listen(wakeUps.continuation) }
            group.addTask {
                while true {
                    wakeUps.continuation.yield()
                    try await Task.sleep(for: Self.pollInterval)
                }
            }
            defer { group.cancelAll() }
            var last = position
            var backoff = Backoff()
            for await _ in wakeUps.stream {
                while true {
                    // What `deliver` throws is not tried again, hence only the reading is.
                    let events = try await next(after: last, &backoff)
                    guard let newest = events.last?.position else { break }
                    try await deliver(events)
                    last = newest
                }
            }
            try Task.checkCancellation()
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

    private func listen(_ wakeUp: AsyncStream<Void>.Continuation) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await withListener(
                    database.configuration, channel: database.wakeUpChannel, logger: logger
                ) { events in
                    for try await _ in events { wakeUp.yield() }
                }
            } catch {
                logger.debug("not listening", metadata: ["reason": "\(error)"])
            }
            // Polling goes on meanwhile. A wait that is cut short by cancellation ends the loop.
            try? await Task.sleep(for: backoff.next())
        }
    }
}
