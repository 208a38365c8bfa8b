import Synchronization
import WorkflowEvents

/// Requests waiting for a lane of a ``BatchWriter``, bounded in events.
///
/// Whoever comes while every lane is busy waits; a lane that becomes free takes as many of them as fit one transaction.
final class BatchQueue: Sendable {
    struct Entry: Sendable {
        var request: AppendRequest
        var reply: CheckedContinuation<AppendResult, any Error>
    }

    private struct State {
        var entries: [Entry] = []
        var eventCount = 0
        var idleLanes: [CheckedContinuation<[Entry]?, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let maximumEventCount: Int
    private let maximumBatchCount: Int

    /// A queue of at most `maximumEventCount` events that hands out up to `maximumBatchCount` at a time.
    init(maximumEventCount: Int, maximumBatchCount: Int) {
        self.maximumEventCount = maximumEventCount
        self.maximumBatchCount = maximumBatchCount
    }

    /// Waits until `request` is stored.
    func submit(_ request: AppendRequest) async throws -> AppendResult {
        try await withCheckedThrowingContinuation { reply in
            let action: () -> Void = state.withLock { state in
                if state.isClosed {
                    return { reply.resume(throwing: WriteError(.closed, "The writer has shut down.")) }
                }
                if state.eventCount > 0, state.eventCount + request.events.count > self.maximumEventCount {
                    return {
                        reply.resume(throwing: WriteError(.unavailable, "The write queue is full; send again later."))
                    }
                }
                state.entries.append(Entry(request: request, reply: reply))
                state.eventCount += request.events.count
                guard let lane = state.idleLanes.popLast() else { return {} }
                let group = self.takeGroup(&state)
                return { lane.resume(returning: group) }
            }
            action()
        }
    }

    /// How many events wait for a lane.
    var waitingEventCount: Int { state.withLock { $0.eventCount } }

    /// The next requests for one transaction, in order of arrival; `nil` once the queue is closed and empty.
    func next() async -> [Entry]? {
        await withCheckedContinuation { lane in
            let action: () -> Void = state.withLock { state in
                if !state.entries.isEmpty {
                    let group = self.takeGroup(&state)
                    return { lane.resume(returning: group) }
                }
                if state.isClosed { return { lane.resume(returning: nil) } }
                state.idleLanes.append(lane)
                return {}
            }
            action()
        }
    }

    /// Takes no more requests; lanes end when those taken are done.
    func close() {
        let lanes = state.withLock { state in
            state.isClosed = true
            defer { state.idleLanes = [] }
            return state.idleLanes
        }
        for lane in lanes { lane.resume(returning: nil) }
    }

    private func takeGroup(_ state: inout State) -> [Entry] {
        var count = 0
        var end = 0
        while end < state.entries.count {
            let size = state.entries[end].request.events.count
            if end > 0, count + size > maximumBatchCount { break }
            count += size
            end += 1
        }
        let group = Array(state.entries[..<end])
        state.entries.removeFirst(end)
        state.eventCount -= count
        return group
    }
}
