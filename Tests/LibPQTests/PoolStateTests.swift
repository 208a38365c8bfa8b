import Testing

@testable import LibPQ

/// Connections and waiters are plain names here.
@Suite("Pool decisions") struct PoolStateTests {
    private typealias State = PoolState<String, String>
    private let now = ContinuousClock.now

    private func describe(_ acquisition: State.Acquisition?) -> String {
        switch acquisition {
        case .grant(let grant): describe(grant)
        case .wait: "wait"
        case .exhausted: "exhausted"
        case .closed: "closed"
        case nil: "full"
        }
    }

    private func describe(_ grant: State.Grant) -> String {
        switch grant {
        case .reuse(let connection, _): "reuse \(connection)"
        case .takeOver(let connection): "take over \(connection)"
        case .connect: "connect"
        }
    }

    private func describe(_ action: State.Return) -> String {
        switch action {
        case .nothing: "nothing"
        case .grant(let waiter, let grant): "\(waiter): \(describe(grant))"
        case .close(let connection): "close \(connection)"
        }
    }

    @Test("Connections are made up to the limit, then callers wait up to theirs")
    func limits() {
        var state = State(maximumConnections: 2, maximumWaiting: 1)
        #expect(describe(state.acquire()) == "connect")
        #expect(describe(state.acquire()) == "connect")
        #expect(describe(state.acquire()) == "full")
        #expect(describe(state.acquire(1, "anna")) == "wait")
        #expect(describe(state.acquire(2, "berta")) == "exhausted")
        #expect(state.leasedCount == 2 && state.waitingCount == 1 && state.openCount == 2)
    }

    @Test("Who waits longest is served first, and nobody overtakes")
    func fairness() {
        var state = State(maximumConnections: 1, maximumWaiting: 10)
        _ = state.acquire()
        _ = state.acquire(1, "anna")
        _ = state.acquire(2, "berta")
        _ = state.acquire(3, "clara")
        #expect(state.abandon(2) == "berta")
        #expect(state.abandon(2) == nil)
        #expect(describe(state.release("a", at: now)) == "anna: take over a")
        #expect(describe(state.acquire()) == "full")
        #expect(describe(state.release("a", at: now)) == "clara: take over a")
        #expect(describe(state.release("a", at: now)) == "nothing")
        #expect(describe(state.acquire()) == "reuse a")
    }

    @Test("The place of a broken connection goes to the next in the queue")
    func discard() {
        var state = State(maximumConnections: 1, maximumWaiting: 10)
        _ = state.acquire()
        _ = state.acquire(1, "anna")
        #expect(describe(state.discard()) == "anna: connect")
        #expect(state.openCount == 1)
        #expect(describe(state.discard()) == "nothing")
        #expect(state.openCount == 0)
        #expect(describe(state.acquire()) == "connect")
    }

    @Test("The latest connection is reused, so that the others age and are closed")
    func idle() {
        var state = State(maximumConnections: 3, maximumWaiting: 0)
        for _ in 0..<3 { _ = state.acquire() }
        for (index, name) in ["a", "b", "c"].enumerated() {
            _ = state.release(name, at: now + .seconds(index))
        }
        #expect(state.removeIdle(since: now + .seconds(1)) == ["a", "b"])
        #expect(state.openCount == 1 && state.idleCount == 1)
        #expect(describe(state.acquire()) == "reuse c")
        #expect(state.removeIdle(since: now + .seconds(9)).isEmpty)
    }

    @Test("A closed pool refuses everybody and closes what comes back")
    func close() {
        var state = State(maximumConnections: 2, maximumWaiting: 10)
        _ = state.acquire()
        _ = state.acquire()
        _ = state.acquire(1, "anna")
        _ = state.abandon(1)
        _ = state.release("a", at: now)
        let (waiters, connections) = state.close()
        #expect(waiters.isEmpty && connections == ["a"])
        #expect(describe(state.acquire()) == "closed")
        #expect(describe(state.acquire(2, "berta")) == "closed")
        #expect(describe(state.release("b", at: now)) == "close b")
        #expect(state.openCount == 0)
    }

    @Test("Those who wait when the pool closes are handed back")
    func closeWithWaiters() {
        var state = State(maximumConnections: 1, maximumWaiting: 10)
        _ = state.acquire()
        _ = state.acquire(1, "anna")
        #expect(state.close().waiters == ["anna"])
        #expect(describe(state.discard()) == "nothing")
        #expect(state.waitingCount == 0 && state.openCount == 0)
    }

    @Test("Whatever happens, the limits hold and nobody waits beside something free")
    func invariants() {
        var generator = SystemRandomNumberGenerator()
        var state = State(maximumConnections: 3, maximumWaiting: 4)
        var leased = 0
        var nextID: UInt64 = 0
        var waiting: Set<UInt64> = []
        func settle(_ action: State.Return) {
            if case .grant(let waiter, _) = action, let id = UInt64(waiter) {
                leased += 1
                waiting.remove(id)
            }
        }
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                nextID += 1
                switch state.acquire(nextID, String(nextID)) {
                case .grant: leased += 1
                case .wait: waiting.insert(nextID)
                case .exhausted: #expect(waiting.count == 4)
                case .closed: Issue.record("nobody closed the pool")
                }
            case 2 where leased > 0:
                leased -= 1
                settle(state.release("c", at: now))
            case 3 where leased > 0:
                leased -= 1
                settle(state.discard())
            case 4:
                if let id = waiting.randomElement(using: &generator) {
                    #expect(state.abandon(id) != nil)
                    waiting.remove(id)
                } else {
                    _ = state.removeIdle(since: now)
                }
            default: break
            }
            #expect(state.leasedCount == leased && leased <= 3)
            #expect(state.waitingCount == waiting.count)
            #expect(waiting.isEmpty || (state.openCount == 3 && state.idleCount == 0))
        }
    }
}
