/// A moment on the monotonic clock.
///
/// `ContinuousClock.Instant` would do, but for its layout being unknown at compile time: a state that holds one is moved
/// about by run-time calls, which doubles the cost of an `emit`.
package struct MonotonicTime: Sendable, Hashable, Comparable {
    /// The time since a moment that is the same for all values of one clock.
    package var sinceOrigin: Duration

    package init(sinceOrigin: Duration) { self.sinceOrigin = sinceOrigin }

    package static func < (lhs: MonotonicTime, rhs: MonotonicTime) -> Bool { lhs.sinceOrigin < rhs.sinceOrigin }

    package static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        MonotonicTime(sinceOrigin: time.sinceOrigin + duration)
    }

    package static func - (lhs: MonotonicTime, rhs: MonotonicTime) -> Duration { lhs.sinceOrigin - rhs.sinceOrigin }
}
