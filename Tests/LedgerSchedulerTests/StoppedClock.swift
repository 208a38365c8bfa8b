import Synchronization
import WorkflowEvents

/// Clocks that stand still until a test moves them, and wake who sleeps until then.
final class StoppedClock: Sendable {
    private struct State {
        var elapsed = Duration.zero
        var lastID = 0
        var sleepers: [Int: (until: MonotonicTime, continuation: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let start: Timestamp
    private let state = Mutex(State())

    init(_ start: Timestamp) {
        self.start = start
    }

    var now: Timestamp {
        let (seconds, attoseconds) = state.withLock { $0.elapsed }.components
        return Timestamp(
            microsecondsSince1970: start.microsecondsSince1970 + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.elapsed += duration
            let due = state.sleepers.filter { $0.value.until.sinceOrigin <= state.elapsed }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    var sinkClock: SinkClock {
        SinkClock(
            now: { MonotonicTime(sinceOrigin: self.state.withLock { $0.elapsed }) },
            sleep: { try await self.sleep(until: $0) },
            timestamp: { self.now })
    }

    private func sleep(until time: MonotonicTime) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if time.sinceOrigin <= state.elapsed { return .success(()) }
                    state.sleepers[id] = (time, continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
