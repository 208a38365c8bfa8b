import Logging
import Metrics
import WorkflowEvents

extension DurableSink {
    /// A sink that says nothing and tries again soon.
    convenience init(destination: any BatchDestination, settings: Settings) throws(DurableSinkError) {
        try self.init(
            destination: destination, settings: settings, service: "test", logger: .silent,
            metricsFactory: NOOPMetricsHandler.instance,
            backoff: Backoff(minimum: .milliseconds(1), maximum: .milliseconds(5)), clock: .system)
    }
}

/// Runs `sink` while `body` does, then ends it as a service would.
func withRunning(_ sink: DurableSink, _ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await sink.run() }
        try await body()
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// Events whose durations count up from `first`.
func numberedEvents(_ count: Int, from first: Int = 0) -> [WorkflowEvent] {
    (first..<first + count).map { number in
        WorkflowEvent(
            runID: "run-\(number % 7)", node: .lyrics, phase: .end, durationMS: number,
            metrics: ["lines_generated": 42, "score": 0.85], issues: ["short \"lyrics\"\n"], service: "test")
    }
}

extension Logger {
    /// A logger that says nothing: the test provokes what would be logged.
    static var silent: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
