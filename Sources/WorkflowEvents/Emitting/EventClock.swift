#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The two clocks of an emitter: one says when something happened, the other how long it took.
///
/// They are apart because a wall clock may be set back while a skill runs; a duration never comes from it.
public protocol EventClock: Sendable {
    /// The present wall-clock time: what an event's ``WorkflowEvent/ts`` is.
    var now: Timestamp { get }

    /// The time since a fixed moment in the past, the same moment for every reading; it never goes back.
    var monotonic: Duration { get }
}

/// The system's clocks.
///
/// The monotonic one goes on while the machine sleeps, so that a duration agrees with the two times it lies between.
public struct SystemEventClock: EventClock {
    /// The system's clocks.
    public init() {}

    /// The wall-clock time, to the microsecond.
    public var now: Timestamp { .now }

    /// The time since the machine started, to the nanosecond.
    public var monotonic: Duration {
        var time = timespec()
        clock_gettime(Self.monotonicClock, &time)
        return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    #if canImport(Darwin)
        private static let monotonicClock = CLOCK_MONOTONIC
    #else
        private static let monotonicClock = CLOCK_BOOTTIME
    #endif
}
