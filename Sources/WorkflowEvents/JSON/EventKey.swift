/// A key of Event JSON.
enum EventKey: String, CaseIterable {
    case ts
    case runID = "run_id"
    case node
    case phase
    case durationMS = "duration_ms"
    case metrics
    case issues
    case id
    case executionID = "execution_id"
    case service
    case traceID = "trace_id"
    case spanID = "span_id"
    // Written by the ledger and ignored on input.
    case position
    case recordedAt = "recorded_at"
    case source

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
        guard let candidate, bytes.elementsEqual(candidate.rawValue.utf8) else { return nil }
        self = candidate
    }

    /// The bit that stands for this key in a set of keys.
    var bit: UInt16 {
        switch self {
        case .ts: 1 << 0
        case .runID: 1 << 1
        case .node: 1 << 2
        case .phase: 1 << 3
        case .durationMS: 1 << 4
        case .metrics: 1 << 5
        case .issues: 1 << 6
        case .id: 1 << 7
        case .executionID: 1 << 8
        case .service: 1 << 9
        case .traceID: 1 << 10
        case .spanID: 1 << 11
        case .position: 1 << 12
        case .recordedAt: 1 << 13
        case .source: 1 << 14
        }
    }
}
