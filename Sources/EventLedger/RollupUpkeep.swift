package import LibPQ
package import Logging

/// Keeps the rollups up to date: a pass a second, and one after the other while there is much to do.
///
/// Any number of processes may do so; whoever comes to it does the next pass.
package struct RollupUpkeep: Sendable {
    private let rollup: Rollup
    private let logger: Logger

    private static let interval = Duration.seconds(1)
    /// A pass of fewer events waits for more to share its cost.
    private static let busySize: Int64 = 50_000

    /// The rollups of the ledger that connections of `pool` see.
    package init(pool: PostgresPool, logger: Logger) {
        self.rollup = Rollup(pool: pool)
        self.logger = logger
    }

    /// Rolls up until cancelled. A failure is logged, and tried again a little later each time.
    package func run() async {
        var backoff = Backoff(initial: Self.interval)
        while !Task.isCancelled {
            do {
                let moved = try await rollup.advance() ?? 0
                backoff.reset()
                if moved < Self.busySize { try await Task.sleep(for: Self.interval) }
            } catch {
                if Task.isCancelled { return }
                logger.warning("cannot roll up; reports read the events instead", metadata: ["reason": "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }
}
