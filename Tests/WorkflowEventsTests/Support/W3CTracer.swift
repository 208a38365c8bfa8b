import InMemoryTracing
import Tracing

/// An in-memory tracer that hands its context on in the `traceparent` header of W3C Trace Context, as tracers for
/// OpenTelemetry do.
struct W3CTracer: Tracer {
    static let traceID = "0af7651916cd43dd8448eb211c80319c"

    let memory = InMemoryTracer(
        idGenerator: InMemoryTracer.IDGenerator(nextTraceID: { Self.traceID }, nextSpanID: Self.spanIDs()))

    private static func spanIDs() -> @Sendable () -> String {
        let next = InMemoryTracer.IDGenerator.incrementing.nextSpanID
        return { String(repeating: "0", count: 15) + (next().split(separator: "-").last ?? "") }
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> InMemorySpan {
        memory.startSpan(
            operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line
        )
    }

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let span = context.inMemorySpanContext else { return }
        injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
    }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {}

    func forceFlush() {}
}
