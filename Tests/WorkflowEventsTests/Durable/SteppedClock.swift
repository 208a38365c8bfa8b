import Synchronization
import WorkflowEvents

/// A clock that stands still until it is told to go on.
final class SteppedClock: Sendable {
    private let time = Mutex(MonotonicTime(sinceOrigin: .zero))

    var now: MonotonicTime { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }

    /// This clock for a state machine, which never sleeps.
    var sinkClock: SinkClock {
        SinkClock(
            now: { self.now },
            sleep: { _ in throw CancellationError() },
            timestamp: { Timestamp(microsecondsSince1970: 1_763_467_200_000_000) })
    }
}

/// SplitMix64, so that a failing run can be had again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
