/// The clocks of a sink: monotonic time for delays and deadlines, the wall clock for the events it makes itself.
package struct SinkClock: Sendable {
    /// The present monotonic time.
    package var now: @Sendable () -> MonotonicTime
    /// Returns at the given time, or throws when the task is cancelled.
    package var sleep: @Sendable (_ until: MonotonicTime) async throws -> Void
    /// The present wall-clock time.
    package var timestamp: @Sendable () -> Timestamp

    package init(
        now: @escaping @Sendable () -> MonotonicTime,
        sleep: @escaping @Sendable (_ until: MonotonicTime) async throws -> Void,
        timestamp: @escaping @Sendable () -> Timestamp
    ) {
        self.now = now
        self.sleep = sleep
        self.timestamp = timestamp
    }

    /// The clocks of the machine.
    package static let system = {
        let origin = ContinuousClock.now
        return SinkClock(
            now: { MonotonicTime(sinceOrigin: origin.duration(to: .now)) },
            sleep: { try await Task.sleep(until: origin + $0.sinceOrigin, clock: .continuous) },
            timestamp: { .now })
    }()
}
