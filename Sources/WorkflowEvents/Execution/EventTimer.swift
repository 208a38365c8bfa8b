/// Measures how long a part of a skill takes.
///
/// ```swift
/// var timer = EventTimer()
/// timer.start()
/// let merged = merge(artifacts)
/// timer.stop()
/// state.metrics["merge_ms"] = timer.durationMS
/// ```
///
/// The time is that of a monotonic clock. A timer can be used again: ``start()`` begins a new measurement.
public struct EventTimer: Sendable {
    private enum State {
        case idle
        case running(since: Duration)
        case stopped(Duration)
    }

    private let clock: any EventClock
    private var state: State = .idle

    /// A timer that was never started.
    public init(clock: any EventClock = SystemEventClock()) {
        self.clock = clock
    }

    /// Begins a measurement; one that is running or finished is forgotten.
    public mutating func start() {
        state = .running(since: clock.monotonic)
    }

    /// Ends the measurement; does nothing unless the timer is running.
    public mutating func stop() {
        if case .running(let start) = state { state = .stopped(clock.monotonic - start) }
    }

    /// Forgets what was measured.
    public mutating func reset() {
        state = .idle
    }

    /// What was measured; zero until the timer is stopped.
    public var duration: Duration {
        if case .stopped(let duration) = state { duration } else { .zero }
    }

    /// What was measured, in whole milliseconds, rounded down; 0 until the timer is stopped.
    public var durationMS: Int { duration.wholeMilliseconds }
}
