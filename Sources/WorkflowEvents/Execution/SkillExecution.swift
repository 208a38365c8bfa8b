/// One execution of a skill, from its start event to its end or fail event.
///
/// It is not generic, and what calls it is inlinable: a skill then costs no run-time look-up of types.
@usableFromInline
struct SkillExecution {
    /// What the skill says about itself.
    @usableFromInline var state: SkillState
    /// The execution's span; `nil` without tracing, or if nothing is emitted.
    @usableFromInline let span: ExecutionSpan?
    private let emitter: Emitter?
    private let started: Duration

    /// Begins an execution: starts its span and emits its start event; if not `isEmitting`, does nothing.
    @usableFromInline
    init(runID: String, node: Node, isEmitting: Bool, emitter: Emitter?, function: String, file: String, line: UInt) {
        let emitter = emitter ?? .default
        let now = emitter.clock.now
        self.state = SkillState(runID: runID, node: node, executionID: emitter.ids.next(at: now))
        guard isEmitting else {
            (self.span, self.emitter, self.started) = (nil, nil, .zero)
            return
        }
        self.emitter = emitter
        self.span = ExecutionSpan.start(for: state, function: function, file: file, line: line)
        self.started = emitter.clock.monotonic
        emitter.send(event(.start, at: now, from: emitter))
    }

    /// Ends the execution well.
    @usableFromInline
    func end() {
        finish(.end, issues: state.issues)
        span?.end()
    }

    /// Ends the execution with `error`, which becomes the last issue.
    @usableFromInline
    func fail(_ error: any Error) {
        finish(.fail, issues: state.issues + [Self.issue(of: error)])
        span?.record(error)
        span?.end()
    }

    private func finish(_ phase: Phase, issues: [String]) {
        guard let emitter else { return }
        let duration = emitter.clock.monotonic - started
        emitter.send(
            event(
                phase, at: emitter.clock.now, durationMS: duration.wholeMilliseconds, metrics: state.metrics,
                issues: issues, from: emitter))
        emitter.executionMetrics?.record(state.node, failed: phase == .fail, duration: duration)
    }

    private func event(
        _ phase: Phase, at now: Timestamp, durationMS: Int = 0, metrics: MetricSet = MetricSet(),
        issues: [String] = [], from emitter: Emitter
    ) -> WorkflowEvent {
        WorkflowEvent(
            id: emitter.ids.next(at: now), ts: now, runID: state.runID, node: state.node, phase: phase,
            durationMS: durationMS, metrics: metrics, issues: issues, executionID: state.executionID,
            service: emitter.service, traceID: span?.identifiers?.traceID, spanID: span?.identifiers?.spanID)
    }

    /// What a fail event says of `error`.
    private static func issue(of error: any Error) -> String {
        if error is CancellationError { return "Cancelled: the skill's task was cancelled." }
        let description = String(describing: error)
        return Task.isCancelled ? "\(description) (the skill's task was cancelled)" : description
    }
}
