package import Logging
import Synchronization

/// A bounded set of connections that callers share, each lent to one at a time.
///
/// Waiters are served in the order they came. A broken connection is thrown away, never lent again. What a caller sets
/// for the session, other than in a transaction, stays set for the next one.
package final class PostgresPool: Sendable {
    typealias Grant = PoolGrant<PostgresConnection>
    typealias Waiter = CheckedContinuation<Result<Grant, PostgresError>, Never>

    private struct State {
        var pool: PoolState<PostgresConnection, Waiter>
        var lastWaiter: UInt64 = 0
        /// Idle since before this, a connection is checked before it is lent: one of its peers broke at that time.
        var suspicion: ContinuousClock.Instant?
        var hasConnected = false
        var totals = PostgresPoolStatistics()
    }

    /// The pool's limits.
    package struct Limits: Sendable {
        /// Connections at most; 8.
        package var maximumConnections = 8
        /// Callers that may wait for one at most; 1,000. The next one is refused.
        package var maximumWaiting = 1000
        /// How long a caller waits for a connection, and for a server that was there before to come back; 10 s.
        package var acquireTimeout: Duration = .seconds(10)
        /// A connection that was idle for longer makes a round trip before it is lent; 30 s.
        package var healthCheckAfter: Duration = .seconds(30)
        /// A connection that was idle for longer is closed by ``PostgresPool/run()``; 5 min.
        package var maximumIdleTime: Duration = .seconds(300)

        package init() {}
    }

    private let configuration: PostgresConfiguration
    private let limits: Limits
    private let logger: Logger
    private let state: Mutex<State>

    package init(configuration: PostgresConfiguration, limits: Limits, logger: Logger) {
        precondition(limits.maximumConnections > 0, "a pool needs room for a connection")
        self.configuration = configuration
        self.limits = limits
        self.logger = logger
        state = Mutex(
            State(
                pool: PoolState(
                    maximumConnections: limits.maximumConnections, maximumWaiting: limits.maximumWaiting)))
    }

    /// A pool with these limits and else the usual ones.
    package convenience init(
        configuration: PostgresConfiguration, maximumConnections: Int = 8, maximumWaiting: Int = 1000,
        acquireTimeout: Duration = .seconds(10), logger: Logger
    ) {
        var limits = Limits()
        limits.maximumConnections = maximumConnections
        limits.maximumWaiting = maximumWaiting
        limits.acquireTimeout = acquireTimeout
        self.init(configuration: configuration, limits: limits, logger: logger)
    }

    /// Lends a connection for the time `body` runs.
    ///
    /// A connection that comes back broken, or in the middle of a transaction, is closed.
    ///
    /// - Throws: what `body` throws; ``PostgresError/Code/poolExhausted``, ``PostgresError/Code/timeout``,
    ///   ``PostgresError/Code/poolClosed``, ``PostgresError/Code/cancelled`` or
    ///   ``PostgresError/Code/connectionFailed`` before it runs.
    package nonisolated(nonsending) func withConnection<Value>(
        _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await acquire()
        do {
            let value = try await body(connection)
            await giveBack(connection)
            return value
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    /// Closes connections that nobody has used for a while, until the task is cancelled; then closes the pool.
    ///
    /// The pool lends connections without it, too.
    package func run() async throws {
        while !Task.isCancelled {
            let expired = state.withLock { $0.pool.removeIdle(since: .now - limits.maximumIdleTime) }
            for connection in expired { await connection.close() }
            try? await Task.sleep(for: limits.maximumIdleTime / 4)
        }
        await close()
    }

    /// Refuses everybody who waits or comes, and closes the connections; those that are lent follow when they return.
    package func close() async {
        let (waiters, connections) = state.withLock { $0.pool.close() }
        for waiter in waiters { waiter.resume(returning: .failure(.poolClosed)) }
        for connection in connections { await connection.close() }
    }

    /// How the pool is doing.
    package var statistics: PostgresPoolStatistics {
        state.withLock { state in
            var statistics = state.totals
            statistics.idleCount = state.pool.idleCount
            statistics.leasedCount = state.pool.leasedCount
            statistics.waitingCount = state.pool.waitingCount
            return statistics
        }
    }

    // MARK: Lending

    private func acquire() async throws(PostgresError) -> PostgresConnection {
        let limit = ContinuousClock.now + limits.acquireTimeout
        var backoff = Backoff()
        while true {
            switch try await grant(until: limit) {
            case .takeOver(let connection):
                return connection
            case .reuse(let connection, let idleSince):
                if await isAlive(connection, idleSince: idleSince) { return connection }
                await throwAway(connection)
            case .connect:
                do {
                    return try await connect()
                } catch {
                    await settle(state.withLock { $0.pool.discard() })
                    try await wait(backoff.next(), until: limit, after: error)
                }
            }
        }
    }

    private func connect() async throws(PostgresError) -> PostgresConnection {
        let connection = try await PostgresConnection.connect(configuration, logger: logger)
        state.withLock {
            $0.hasConnected = true
            $0.totals.connectCount += 1
        }
        return connection
    }

    /// Lets time pass before the next attempt, or throws the error when there is none to make.
    private func wait(
        _ delay: Duration, until limit: ContinuousClock.Instant, after error: PostgresError
    ) async throws(PostgresError) {
        // A server that never answered is more likely named wrongly than away.
        guard state.withLock({ $0.hasConnected }), error.isRetryable, .now + delay < limit else { throw error }
        do {
            try await Task.sleep(for: delay)
        } catch {
            throw .cancelledWhileWaiting
        }
    }

    private func grant(until limit: ContinuousClock.Instant) async throws(PostgresError) -> Grant {
        guard !Task.isCancelled else { throw .cancelledWhileWaiting }
        switch state.withLock({ $0.pool.acquire() }) {
        case .grant(let grant): return grant
        case .closed: throw .poolClosed
        case .wait, .exhausted, nil: break
        }
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return try await withTaskGroup { group in
            group.addTask {
                guard (try? await Task.sleep(until: limit, clock: .continuous)) != nil else { return }
                self.refuse(id, .acquireTimeout)
            }
            defer { group.cancelAll() }
            return await self.waitInQueue(id)
        }.get()
    }

    private func waitInQueue(_ id: UInt64) async -> Result<Grant, PostgresError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enqueue(id, continuation)
                // A cancellation that came before the queue knew the caller found nobody to refuse.
                if Task.isCancelled { refuse(id, .cancelledWhileWaiting) }
            }
        } onCancel: {
            refuse(id, .cancelledWhileWaiting)
        }
    }

    private func enqueue(_ id: UInt64, _ waiter: Waiter) {
        let acquisition = state.withLock { state in
            let acquisition = state.pool.acquire(id, waiter)
            if case .exhausted = acquisition { state.totals.refusedCount += 1 }
            return acquisition
        }
        switch acquisition {
        case .grant(let grant): waiter.resume(returning: .success(grant))
        case .wait: break
        case .exhausted: waiter.resume(returning: .failure(.poolExhausted(limits.maximumWaiting)))
        case .closed: waiter.resume(returning: .failure(.poolClosed))
        }
    }

    /// Ends a caller's wait, if it still waits.
    private func refuse(_ id: UInt64, _ error: PostgresError) {
        let waiter = state.withLock { state in
            let waiter = state.pool.abandon(id)
            if waiter != nil, error.code == .timeout { state.totals.timeoutCount += 1 }
            return waiter
        }
        waiter?.resume(returning: .failure(error))
    }

    /// Checks a connection, the more thoroughly the more doubtful it is.
    private func isAlive(_ connection: PostgresConnection, idleSince: ContinuousClock.Instant) async -> Bool {
        guard connection.isUsable else { return false }
        let isSuspect = state.withLock { $0.suspicion.map { idleSince <= $0 } ?? false }
        let isOld = idleSince + limits.healthCheckAfter < .now
        guard isSuspect || isOld || connection.hasUnreadInput else { return true }
        do {
            try await withDeadline(.seconds(5)) { try await connection.ping() }
            return true
        } catch {
            return false
        }
    }

    // MARK: Taking back

    private func giveBack(_ connection: PostgresConnection) async {
        guard connection.isIdle else { return await throwAway(connection) }
        await settle(state.withLock { $0.pool.release(connection, at: .now) })
    }

    private func throwAway(_ connection: PostgresConnection) async {
        let wasBroken = !connection.isUsable
        await settle(
            state.withLock { state in
                if wasBroken { state.suspicion = .now }
                state.totals.discardCount += 1
                return state.pool.discard()
            })
        await connection.close()
    }

    private func settle(_ action: PoolState<PostgresConnection, Waiter>.Return) async {
        switch action {
        case .nothing: break
        case .grant(let waiter, let grant): waiter.resume(returning: .success(grant))
        case .close(let connection): await connection.close()
        }
    }
}

extension PostgresError {
    fileprivate static let poolClosed = PostgresError(.poolClosed, "The pool of connections has been closed.")
    fileprivate static let acquireTimeout = PostgresError(.timeout, "No connection became free in time.")
    fileprivate static let cancelledWhileWaiting = PostgresError(
        .cancelled, "The task was cancelled while it waited for a connection.")

    fileprivate static func poolExhausted(_ maximumWaiting: Int) -> PostgresError {
        PostgresError(.poolExhausted, "\(maximumWaiting) callers already wait for a connection.")
    }
}
