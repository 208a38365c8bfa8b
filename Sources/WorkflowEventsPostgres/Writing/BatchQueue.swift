import Synchronization
import WorkflowEvents

/// Requests waiting for a lane of a ``BatchWriter``, bounded in events and bytes.
///
/// Whoever comes while every lane is busy waits; a lane that becomes free takes as many of them as fit one transaction.
final class BatchQueue: Sendable {
    struct Entry: Sendable {
        var request: AppendRequest
        var load: BatchLoad
        var reply: CheckedContinuation<AppendResult, any Error>
    }

    private struct State {
        var entries: [Entry] = []
        var load = BatchLoad()
        var idleLanes: [CheckedContinuation<[Entry]?, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let maximumWaiting: BatchLoad
    private let maximumBatch: BatchLoad

    /// A queue that holds up to `maximumWaiting` and hands out up to `maximumBatch` at a time, or one larger request.
    init(maximumWaiting: BatchLoad, maximumBatch: BatchLoad) {
        self.maximumWaiting = maximumWaiting
        self.maximumBatch = maximumBatch
    }

    /// Waits until `request` is stored.
    func submit(_ request: AppendRequest) async throws -> AppendResult {
        let load = BatchLoad(request)
        return try await withCheckedThrowingContinuation { reply in
            let action: () -> Void = state.withLock { state in
                if state.isClosed {
                    return { reply.resume(throwing: WriteError(.closed, "The writer has shut down.")) }
                }
                if !state.entries.isEmpty, (state.load + load).exceeds(self.maximumWaiting) {
                    return {
                        reply.resume(throwing: WriteError(.unavailable, "The write queue is full; send again later."))
                    }
                }
                state.entries.append(Entry(request: request, load: load, reply: reply))
                state.load = state.load + load
                guard let lane = state.idleLanes.popLast() else { return {} }
                let group = self.takeGroup(&state)
                return { lane.resume(returning: group) }
            }
            action()
        }
    }

    /// How many events wait for a lane.
    var waitingEventCount: Int { state.withLock { $0.load.eventCount } }

    /// Whether whoever comes now is turned away, however little it brings.
    var isFull: Bool {
        state.withLock { !$0.entries.isEmpty && ($0.load + BatchLoad(eventCount: 1)).exceeds(maximumWaiting) }
    }

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
        var taken = BatchLoad()
        var end = 0
        while end < state.entries.count {
            let load = taken + state.entries[end].load
            if end > 0, load.exceeds(maximumBatch) { break }
            taken = load
            end += 1
        }
        let group = Array(state.entries[..<end])
        state.entries.removeFirst(end)
        state.load = state.load - taken
        return group
    }
}
