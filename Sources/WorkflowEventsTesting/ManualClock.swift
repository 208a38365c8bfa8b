import Synchronization
public import WorkflowEvents

/// A clock that stands still until a test moves it.
///
/// ```swift
/// let clock = ManualClock()
/// withRecordedEvents(clock: clock) { sink in
///     withSkillExecution(runID: "test-123", node: .plan) { _ in clock.advance(by: .milliseconds(1234)) }
///     #expect(sink.event(.plan, .end)?.durationMS == 1234)
/// }
/// ```
public final class ManualClock: EventClock {
    private let readings: Mutex<(now: Timestamp, monotonic: Duration)>

    /// A clock that shows `now`: 2025-11-18T12:00:00Z unless given.
    public init(now: Timestamp = Timestamp(microsecondsSince1970: 1_763_467_200_000_000)) {
        self.readings = Mutex((now, .zero))
    }

    /// The wall-clock time.
    public var now: Timestamp { readings.withLock { $0.now } }

    /// How far the clock was advanced in all.
    public var monotonic: Duration { readings.withLock { $0.monotonic } }

    /// Moves both clocks by `duration`, which must not be negative.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "A clock only goes forward; to set the wall clock back, use setWallClock(to:).")
        let (seconds, attoseconds) = duration.components
        readings.withLock {
            $0.monotonic += duration
            $0.now.microsecondsSince1970 += seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        }
    }

    /// Sets the wall clock alone, as an administrator or NTP may, backwards too.
    public func setWallClock(to now: Timestamp) {
        readings.withLock { $0.now = now }
    }
}
