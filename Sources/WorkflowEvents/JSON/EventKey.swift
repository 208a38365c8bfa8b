/// A key of Event JSON.
enum EventKey: UInt16 {
    case ts, runID, node, phase, durationMS, metrics, issues, id, executionID, service, traceID, spanID
    // Written by the ledger and ignored on input.
    case position, recordedAt, source

    /// The key as it is written.
    var name: StaticString {
        switch self {
        case .ts: "ts"
        case .runID: "run_id"
        case .node: "node"
        case .phase: "phase"
        case .durationMS: "duration_ms"
        case .metrics: "metrics"
        case .issues: "issues"
        case .id: "id"
        case .executionID: "execution_id"
        case .service: "service"
        case .traceID: "trace_id"
        case .spanID: "span_id"
        case .position: "position"
        case .recordedAt: "recorded_at"
        case .source: "source"
        }
    }

    /// The key that `bytes` spell, or `nil` if no event has such a key.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 2 else { return nil }
        // Length and first characters leave one candidate, so that one comparison decides.
        let candidate: EventKey? =
            switch (bytes.count, bytes[0], bytes[1]) {
            case (2, UInt8(ascii: "t"), _): .ts
            case (2, _, _): .id
            case (4, _, _): .node
            case (5, _, _): .phase
            case (6, UInt8(ascii: "r"), _): .runID
            case (6, UInt8(ascii: "i"), _): .issues
            case (6, _, _): .source
            case (7, UInt8(ascii: "m"), _): .metrics
            case (7, _, UInt8(ascii: "e")): .service
            case (7, _, _): .spanID
            case (8, UInt8(ascii: "t"), _): .traceID
            case (8, _, _): .position
            case (11, UInt8(ascii: "d"), _): .durationMS
            case (11, _, _): .recordedAt
            case (12, _, _): .executionID
            default: nil
            }
        guard let candidate, bytes.equals(candidate.name) else { return nil }
        self = candidate
    }
}
