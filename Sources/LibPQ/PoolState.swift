/// What a pool gives a caller.
enum PoolGrant<Connection> {
    /// An idle connection.
    case reuse(Connection, idleSince: ContinuousClock.Instant)
    /// A connection handed over by another caller.
    case takeOver(Connection)
    /// The right to make a connection; it ends in ``PoolState/release(_:at:)`` or ``PoolState/discard()``.
    case connect
}

extension PoolGrant: Sendable where Connection: Sendable {}

/// Who holds, waits for and may make a pool's connections: a value that does nothing itself, so that it can be tested
/// without any connection.
///
/// Nobody waits while a connection is idle or may be made: whatever becomes free goes to the longest waiting.
struct PoolState<Connection, Waiter> {
    typealias Instant = ContinuousClock.Instant
    typealias WaiterID = UInt64
    typealias Grant = PoolGrant<Connection>

    /// What to do for a caller.
    enum Acquisition {
        case grant(Grant)
        /// The caller has been queued.
        case wait
        /// Too many wait already.
        case exhausted
        case closed
    }

    /// What to do after a connection came back.
    enum Return {
        case nothing
        case grant(Waiter, Grant)
        case close(Connection)
    }

    private struct Idle {
        let connection: Connection
        let since: Instant
    }

    let maximumConnections: Int
    let maximumWaiting: Int
    /// Longest idle first; the latest is reused, so that surplus ones age.
    private var idle: [Idle] = []
    private var waiting: [(id: WaiterID, waiter: Waiter)] = []
    /// Idle, leased, and being made.
    private(set) var openCount = 0
    private(set) var isClosed = false

    init(maximumConnections: Int, maximumWaiting: Int) {
        self.maximumConnections = maximumConnections
        self.maximumWaiting = maximumWaiting
    }

    var idleCount: Int { idle.count }
    var waitingCount: Int { waiting.count }
    var leasedCount: Int { openCount - idle.count }

    /// Grants at once, if it can.
    mutating func acquire() -> Acquisition? {
        if isClosed { return .closed }
        if let latest = idle.popLast() {
            return .grant(.reuse(latest.connection, idleSince: latest.since))
        }
        guard openCount < maximumConnections else { return nil }
        openCount += 1
        return .grant(.connect)
    }

    /// Grants at once or queues the caller.
    mutating func acquire(_ id: WaiterID, _ waiter: Waiter) -> Acquisition {
        if let acquisition = acquire() { return acquisition }
        guard waiting.count < maximumWaiting else { return .exhausted }
        waiting.append((id, waiter))
        return .wait
    }

    /// Takes a caller out of the queue; nil when it has been served already.
    mutating func abandon(_ id: WaiterID) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    /// A leased connection came back in good order.
    mutating func release(_ connection: Connection, at now: Instant) -> Return {
        if isClosed {
            openCount -= 1
            return .close(connection)
        }
        guard !waiting.isEmpty else {
            idle.append(Idle(connection: connection, since: now))
            return .nothing
        }
        return .grant(waiting.removeFirst().waiter, .takeOver(connection))
    }

    /// A leased connection turned out to be useless, or could not be made.
    mutating func discard() -> Return {
        // The place goes to the next in the queue, who makes a connection of its own.
        if !isClosed, !waiting.isEmpty { return .grant(waiting.removeFirst().waiter, .connect) }
        openCount -= 1
        return .nothing
    }

    /// Takes out the connections that have been idle since `limit` or longer.
    mutating func removeIdle(since limit: Instant) -> [Connection] {
        let expired = idle.prefix { $0.since <= limit }.map(\.connection)
        idle.removeFirst(expired.count)
        openCount -= expired.count
        return expired
    }

    /// Grants nothing any more. Returns whom to refuse and what to close.
    mutating func close() -> (waiters: [Waiter], connections: [Connection]) {
        isClosed = true
        defer {
            openCount -= idle.count
            idle = []
            waiting = []
        }
        return (waiting.map(\.waiter), idle.map(\.connection))
    }
}
