import Tracing

/// One execution of a skill, from its start event to its end or fail event.
struct SkillExecution {
    /// The execution's span; `nil` without a tracer.
    let span: (any Span)?
    private let emitter: Emitter
    private let trace: TraceIdentifiers?
    private let started: Duration

    /// Begins the execution that `state` describes: starts its span and emits its start event.
    init(starting state: SkillState, emitter: Emitter, function: String, file: String, line: UInt) {
        self.emitter = emitter
        if InstrumentationSystem.instrument is NoOpInstrument {
            self.span = nil
            self.trace = nil
        } else {
            self.span = Self.startSpan(for: state, function: function, file: file, line: line)
            self.trace = (span?.context ?? ServiceContext.current).flatMap(TraceIdentifiers.init(in:))
        }
        self.started = emitter.clock.monotonic
        emit(.start, metrics: [:], issues: [], of: state, durationMS: 0)
    }

    /// Ends the execution well.
    func end(_ state: SkillState) {
        finish(.end, state, issues: state.issues)
    }

    /// Ends the execution with `error`, which becomes the last issue.
    func fail(_ state: SkillState, _ error: any Error) {
        span?.recordError(error)
        span?.setStatus(SpanStatus(code: .error))
        finish(.fail, state, issues: state.issues + [Self.issue(of: error)])
    }

    private func finish(_ phase: Phase, _ state: SkillState, issues: [String]) {
        let duration = emitter.clock.monotonic - started
        emit(phase, metrics: state.metrics, issues: issues, of: state, durationMS: duration.wholeMilliseconds)
        emitter.executionMetrics?.record(state.node, failed: phase == .fail, duration: duration)
        span?.end()
    }

    private func emit(_ phase: Phase, metrics: MetricSet, issues: [String], of state: SkillState, durationMS: Int) {
        let now = emitter.clock.now
        emitter.send(
            WorkflowEvent(
                id: emitter.ids.next(at: now), ts: now, runID: state.runID, node: state.node, phase: phase,
                durationMS: durationMS, metrics: metrics, issues: issues, executionID: state.executionID,
                service: emitter.service, traceID: trace?.traceID, spanID: trace?.spanID))
    }

    private static func startSpan(for state: SkillState, function: String, file: String, line: UInt) -> any Span {
        let span = InstrumentationSystem.tracer.startSpan(
            state.node.rawValue, context: .current ?? .topLevel, ofKind: .internal, at: DefaultTracerClock.now,
            function: function, file: file, line: line)
        span.attributes["run_id"] = state.runID
        span.attributes["execution_id"] = "\(state.executionID)".lowercased()
        return span
    }

    /// What a fail event says of `error`.
    private static func issue(of error: any Error) -> String {
        if error is CancellationError { return "Cancelled: the skill's task was cancelled." }
        let description = String(describing: error)
        return Task.isCancelled ? "\(description) (the skill's task was cancelled)" : description
    }
}
