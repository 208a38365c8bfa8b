public import Tracing

/// The span of one execution, in swift-distributed-tracing.
///
/// A class, so that an execution without tracing carries one empty word.
@usableFromInline
final class ExecutionSpan: Sendable {
    /// Where the span stands: the trace and span that its tracer knows, if it says so.
    let identifiers: TraceIdentifiers?
    private let span: any Span

    /// Starts the span of the execution that `state` describes; `nil` if the process has no instrument.
    static func start(for state: SkillState, function: String, file: String, line: UInt) -> ExecutionSpan? {
        let instrument = InstrumentationSystem.instrument
        // Asked of every execution, so by comparing types, not by a dynamic cast.
        if type(of: instrument) == NoOpInstrument.self { return nil }
        let span = InstrumentationSystem.tracer.startSpan(
            state.node.rawValue, context: .current ?? .topLevel, ofKind: .internal, at: DefaultTracerClock.now,
            function: function, file: file, line: line)
        span.attributes["run_id"] = state.runID
        span.attributes["execution_id"] = "\(state.executionID)".lowercased()
        return ExecutionSpan(span, identifiers: TraceIdentifiers(in: span.context, of: instrument))
    }

    private init(_ span: any Span, identifiers: TraceIdentifiers?) {
        self.span = span
        self.identifiers = identifiers
    }

    /// The context in which the execution's own work runs.
    @usableFromInline var context: ServiceContext { span.context }

    /// Says that the execution failed with `error`.
    func record(_ error: any Error) {
        span.recordError(error)
        span.setStatus(SpanStatus(code: .error))
    }

    /// Ends the span.
    func end() {
        span.end()
    }
}
