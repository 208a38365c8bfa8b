/// The clocks of a sink: monotonic time for delays and deadlines, the wall clock for the events it makes itself.
package struct SinkClock: Sendable {
    /// The present monotonic time.
    package var now: @Sendable () -> ContinuousClock.Instant
    /// Returns at the given time, or throws when the task is cancelled.
    package var sleep: @Sendable (_ until: ContinuousClock.Instant) async throws -> Void
    /// The present wall-clock time.
    package var timestamp: @Sendable () -> Timestamp

    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        sleep: @escaping @Sendable (_ until: ContinuousClock.Instant) async throws -> Void,
        timestamp: @escaping @Sendable () -> Timestamp
    ) {
        self.now = now
        self.sleep = sleep
        self.timestamp = timestamp
    }

    /// The clocks of the machine.
    package static let system = SinkClock(
        now: { ContinuousClock.now },
        sleep: { try await Task.sleep(until: $0, clock: .continuous) },
        timestamp: { .now })
}
