import Synchronization
import WorkflowEvents

/// A destination within the test: stores what it is sent, fails, refuses or hangs as told.
final class LocalDestination: BatchDestination {
    struct State {
        var batches: [[WorkflowEvent]] = []
        var isAway = false
        var isHeld = false
        var attemptCount = 0
        var reasonToRefuse: @Sendable (WorkflowEvent) -> String? = { _ in nil }
        var held: [CheckedContinuation<Void, Never>] = []
        var waiters: [(condition: (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var events: [WorkflowEvent] { state.withLock { $0.batches.flatMap(\.self) } }
    var batches: [[WorkflowEvent]] { state.withLock { $0.batches } }
    var attemptCount: Int { state.withLock { $0.attemptCount } }

    func deliver(_ events: [WorkflowEvent]) async throws(DestinationError) -> [RefusedEvent] {
        change { $0.attemptCount += 1 }
        await passHold()
        if state.withLock({ $0.isAway }) { throw DestinationError("the ledger is away") }
        var refused: [RefusedEvent] = []
        change { state in
            for (index, event) in events.enumerated() {
                if let reason = state.reasonToRefuse(event) {
                    refused.append(RefusedEvent(index: index, reason: reason))
                }
            }
            let indices = Set(refused.map(\.index))
            state.batches.append(events.enumerated().filter { !indices.contains($0.offset) }.map(\.element))
        }
        return refused
    }

    /// Makes deliveries fail, or work again.
    func setAway(_ isAway: Bool) { change { $0.isAway = isAway } }

    /// Events for which `reason` has an answer are refused from now on.
    func refuse(_ reason: @escaping @Sendable (WorkflowEvent) -> String?) { change { $0.reasonToRefuse = reason } }

    /// Makes deliveries hang until ``release()`` or the cancellation of their task.
    func hold() { change { $0.isHeld = true } }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Returns once `condition` holds, which must come to be by a delivery.
    func wait(until condition: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let holds = state.withLock { state in
                if condition(state) { return true }
                state.waiters.append((condition, continuation))
                return false
            }
            if holds { continuation.resume() }
        }
    }

    func waitForEvents(_ count: Int) async {
        await wait { state in state.batches.reduce(0) { $0 + $1.count } >= count }
    }

    private func passHold() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isHeld = state.withLock { state in
                    guard state.isHeld, !Task.isCancelled else { return false }
                    state.held.append(continuation)
                    return true
                }
                if !isHeld { continuation.resume() }
            }
        } onCancel: {
            release()
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            let waiters = state.waiters
            state.waiters = []
            let isReady = waiters.map { $0.condition(state) }
            state.waiters = zip(waiters, isReady).filter { !$0.1 }.map(\.0)
            return zip(waiters, isReady).filter { $0.1 }.map(\.0)
        }
        for waiter in ready { waiter.continuation.resume() }
    }
}
