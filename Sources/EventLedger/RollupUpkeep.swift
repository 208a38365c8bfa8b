package import LibPQ
package import Logging
import Synchronization

/// Keeps the rollups up to date: a pass twice a second, and one after the other while there is much to do.
///
/// Any number of processes may do so; whoever comes to it does the next pass. A writer of the same process can be held
/// back to their pace.
package final class RollupUpkeep: Sendable {
    private struct State {
        /// How many events are not rolled up: as the last pass left it, and what this process has committed since.
        var backlog: Int64 = 0
        /// How many of them this process has committed since the last pass.
        var newCount: Int64 = 0
        var isRunning = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let rollup: Rollup
    private let logger: Logger
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    private static let interval = Duration.milliseconds(500)
    /// A pass of fewer events waits for more to share its cost.
    private static let busySize: Int64 = 50_000
    /// So many events may be left before a writer is held back …
    package static let maximumBacklog: Int64 = 150_000
    /// … to so many a pass, a fraction of what that rolls up.
    private static let heldCount: Int64 = 20_000
    /// Between looks at what another process rolls up.
    private static let otherInterval = Duration.milliseconds(50)

    /// The rollups of the ledger that connections of `pool` see.
    package init(pool: PostgresPool, logger: Logger) {
        self.rollup = Rollup(pool: pool)
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that this process has committed `count` events.
    package func committed(_ count: Int) {
        let isBusy = state.withLock { state in
            state.backlog += Int64(count)
            state.newCount += Int64(count)
            return state.backlog >= Self.busySize
        }
        if isBusy { signal.yield() }
    }

    /// Returns at once unless more than ``maximumBacklog`` events are left and this process adds many to them; then
    /// after the next pass.
    package func keepPace() async {
        await withCheckedContinuation { continuation in
            let mayGo = state.withLock { state in
                guard state.isRunning, state.backlog > Self.maximumBacklog, state.newCount >= Self.heldCount else {
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if mayGo { continuation.resume() }
        }
    }

    /// Rolls up until cancelled. A failure is logged, and tried again a little later each time.
    package func run() async {
        state.withLock { $0.isRunning = true }
        await withTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    self.signal.yield()
                    try? await Task.sleep(for: Self.interval)
                }
            }
            var backoff = Backoff(initial: Self.interval)
            for await _ in signals {
                do {
                    try await catchUp()
                    backoff.reset()
                } catch {
                    if Task.isCancelled { break }
                    // Reports do without rollups, and writers need not wait for them.
                    settle(backlog: 0)
                    logger.warning("cannot roll up; reports read the events instead", metadata: ["reason": "\(error)"])
                    try? await Task.sleep(for: backoff.next())
                }
            }
            group.cancelAll()
        }
        state.withLock { $0.isRunning = false }
        settle(backlog: 0)
    }

    /// Does passes until so little is left that more may come together.
    private func catchUp() async throws {
        while true {
            let begin = ContinuousClock.now
            let moved = try await rollup.advance()
            let duration = ContinuousClock.now - begin
            let left = moved == 0 ? 0 : try await rollup.backlog()
            settle(backlog: left)
            if left < Self.busySize {
                // A run of a million events is paired anew at each pass that meets it; that may take half the time.
                return try await Task.sleep(for: duration)
            }
            if moved == nil { try await Task.sleep(for: Self.otherInterval) }
        }
    }

    private func settle(backlog: Int64) {
        let waiting = state.withLock { state in
            (state.backlog, state.newCount) = (backlog, 0)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
