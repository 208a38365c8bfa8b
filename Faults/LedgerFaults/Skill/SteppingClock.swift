import Synchronization
import WorkflowEvents

/// A wall clock that somebody sets now and then, and the system's monotonic one.
final class SteppingClock: EventClock {
    private let system = SystemEventClock()
    private let offset = Mutex<Int64>(0)

    /// Microseconds: back into another month, back and forth by an hour, and by a little.
    private static let steps: [Int64] = [
        0, 0, -35 * 86_400_000_000, -3_600_000_000, 3_600_000_000, -700_000, 1_300_000,
    ]

    var now: Timestamp {
        Timestamp(microsecondsSince1970: system.now.microsecondsSince1970 + offset.withLock(\.self))
    }

    var monotonic: Duration { system.monotonic }

    func step(using generator: inout SeededGenerator) {
        let step = Self.steps.randomElement(using: &generator) ?? 0
        offset.withLock { $0 = step }
    }
}
