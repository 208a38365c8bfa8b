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
                do {
                    try await deliverAll(after: &last, deliver)
                    backoff = Backoff()
                } catch let error as PostgresError where error.isRetryable {
                    logger.warning("following again in a moment", metadata: ["reason": "\(error.message)"])
                    try await Task.sleep(for: backoff.next())
                }
            }
            try Task.checkCancellation()
        }
    }

    private func deliverAll(after last: inout Int64, _ deliver: ([StoredEvent]) async throws -> Void) async throws {
        let head = try await ledger.advance()
        while last < head {
            let events = try await ledger.events(after: last, limit: Self.pageLimit)
            guard let newest = events.last?.position else { return }
            try await deliver(events)
            last = newest
        }
    }

    private func listen(_ wakeUp: AsyncStream<Void>.Continuation) async {
        do {
            try await withListener(database.configuration, channel: database.wakeUpChannel, logger: logger) { events in
                for try await _ in events { wakeUp.yield() }
            }
        } catch {
            logger.debug("no longer listening", metadata: ["reason": "\(error)"])
        }
    }
}
