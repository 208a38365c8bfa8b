import LibPQ
package import Logging
package import WorkflowEventsPostgres

/// Says when there may be something new in a ledger: soon after a commit, and four times a second behind that.
///
/// A NOTIFY of any writer wakes, so does ``wake()``. A lost notification costs a quarter of a second. Wake-ups that
/// nobody has taken yet become one.
package final class WakeUps: Sendable {
    private let database: LedgerDatabase
    private let logger: Logger
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private static let pollInterval = Duration.milliseconds(250)

    /// The wake-ups of the ledger in `database`.
    package init(database: LedgerDatabase, logger: Logger) {
        self.database = database
        self.logger = logger
        (self.stream, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Wakes whoever waits; cheap, and never blocks.
    package func wake() {
        continuation.yield()
    }

    /// Calls `body` at once and then at every wake-up, until cancelled or `body` throws. There is one such call.
    package func forEach(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.listen() }
            group.addTask {
                while true {
                    self.wake()
                    try await Task.sleep(for: Self.pollInterval)
                }
            }
            defer { group.cancelAll() }
            for await _ in stream { try await body() }
            try Task.checkCancellation()
        }
    }

    private func listen() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await withListener(
                    database.configuration, channel: database.wakeUpChannel, logger: logger
                ) { events in
                    for await _ in events { wake() }
                }
            } catch {
                logger.debug("not listening", metadata: ["reason": "\(error)"])
            }
            // Polling goes on meanwhile. A wait that is cut short by cancellation ends the loop.
            try? await Task.sleep(for: backoff.next())
        }
    }
}
