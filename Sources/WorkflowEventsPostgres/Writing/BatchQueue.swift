import Synchronization
import WorkflowEvents

/// Requests waiting for a lane of a ``BatchWriter``, bounded in events and bytes.
///
/// Whoever comes while every lane is busy waits; a lane that becomes free takes as many of them as fit one transaction.
/// Where fewer events wait than the other lanes write, it leaves them a moment for more to join: a transaction of one
/// event costs nearly as much as one of sixty.
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
        /// How many events the busy lanes write.
        var writingCount = 0
        /// Whether a time has been set at which those that wait are taken, however few.
        var isTimed = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let maximumWaiting: BatchLoad
    private let maximumBatch: BatchLoad
    private let pause: @Sendable () async -> Void

    /// A queue that holds up to `maximumWaiting` and hands out up to `maximumBatch` at a time, or one larger request.
    ///
    /// - Parameter pause: lasts as long as a few events are left for more to join them.
    init(
        maximumWaiting: BatchLoad, maximumBatch: BatchLoad,
        pause: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(2)) }
    ) {
        self.maximumWaiting = maximumWaiting
        self.maximumBatch = maximumBatch
        self.pause = pause
    }

    /// Waits until `request` is stored.
    func submit(_ request: AppendRequest) async throws -> AppendResult {
        let load = BatchLoad(request)
        return try await withCheckedThrowingContinuation { reply in
            change { state in
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
                return self.callLane(&state)
            }
        }
    }

    /// How many events wait for a lane.
    var waitingEventCount: Int { state.withLock { $0.load.eventCount } }

    /// Whether whoever comes now is turned away, however little it brings.
    var isFull: Bool {
        state.withLock { !$0.entries.isEmpty && ($0.load + BatchLoad(eventCount: 1)).exceeds(maximumWaiting) }
    }

    /// The next requests for one transaction, in order of arrival; `nil` once the queue is closed and empty.
    ///
    /// The lane that gets them says by ``finish(_:)`` when they are written.
    func next() async -> [Entry]? {
        await withCheckedContinuation { lane in
            change { state in
                if state.isClosed, state.entries.isEmpty { return { lane.resume(returning: nil) } }
                state.idleLanes.append(lane)
                return self.callLane(&state)
            }
        }
    }

    /// Says that `group` is written, or cannot be.
    func finish(_ group: [Entry]) {
        change { state in
            state.writingCount -= group.reduce(0) { $0 + $1.load.eventCount }
            return self.callLane(&state)
        }
    }

    /// Takes no more requests; lanes end when those taken are done.
    func close() {
        change { state in
            state.isClosed = true
            let call = self.callLane(&state)
            // Whoever writes goes on until nothing is left.
            let lanes = state.idleLanes
            state.idleLanes = []
            return {
                call()
                for lane in lanes { lane.resume(returning: nil) }
            }
        }
    }

    /// Changes the state, and then does what `body` returns, which calls others.
    private func change(_ body: (inout State) -> () -> Void) {
        let action: () -> Void = state.withLock { body(&$0) }
        action()
    }

    /// Has an idle lane take what waits, now or, where that is little, in a moment.
    private func callLane(_ state: inout State) -> () -> Void {
        guard !state.entries.isEmpty, !state.idleLanes.isEmpty else { return {} }
        let enough = min(state.writingCount, maximumBatch.eventCount)
        if state.isClosed || state.load.eventCount >= enough { return callLaneNow(&state) }
        if state.isTimed { return {} }
        state.isTimed = true
        return {
            Task {
                await self.pause()
                self.change { state in
                    state.isTimed = false
                    return self.callLaneNow(&state)
                }
            }
        }
    }

    private func callLaneNow(_ state: inout State) -> () -> Void {
        guard !state.entries.isEmpty, let lane = state.idleLanes.popLast() else { return {} }
        let group = takeGroup(&state)
        // What did not fit may be another lane's.
        let callNext = callLane(&state)
        return {
            lane.resume(returning: group)
            callNext()
        }
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
        state.writingCount += taken.eventCount
        return group
    }
}
