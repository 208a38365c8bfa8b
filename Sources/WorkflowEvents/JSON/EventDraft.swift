#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The fields of one event as they are read, and what is wrong with them so far.
struct EventDraft {
    var id: UUID?
    var ts: Timestamp?
    var runID: String?
    var node: String?
    var phase: Phase?
    var durationMS = 0
    var metrics: [(name: String, value: MetricValue)] = []
    var issues: [String] = []
    var executionID: UUID?
    var service: String?
    var traceID: String?
    var spanID: String?

    private var keys: UInt16 = 0
    private var refusedKeys: UInt16 = 0
    private(set) var errors: [FieldError] = []

    /// Notes that `key` was read; whether it is the first time.
    @inline(__always)
    mutating func note(_ key: EventKey) -> Bool {
        let isNew = keys & key.bit == 0
        keys |= key.bit
        return isNew
    }

    /// Notes that the value of `key` is wrong.
    mutating func refuse(_ key: EventKey, _ detail: String) {
        refusedKeys |= key.bit
        refuse(at: FieldError(at: key.rawValue, detail: detail))
    }

    /// Notes that the member or element `token` of `key` is wrong.
    mutating func refuse(_ key: EventKey, _ token: String, _ detail: String) {
        refuse(at: FieldError(at: key.rawValue, token, detail: detail))
    }

    /// Notes an error, unless there are too many already.
    mutating func refuse(at error: FieldError) {
        if errors.count < EventLimits.maximumFieldErrorCount { errors.append(error) }
    }

    /// The event, if nothing is wrong with it.
    mutating func finish() throws(EventJSONError) -> IncomingEvent {
        require(.runID, isPresent: runID != nil)
        require(.node, isPresent: node != nil)
        require(.phase, isPresent: phase != nil)
        if id != nil, ts == nil, refusedKeys & EventKey.ts.bit == 0 { refuse(.id, "needs a ts beside it") }
        let event = WorkflowEvent(
            id: id ?? UUIDv7.next(), ts: ts ?? .now,
            // What is missing is refused already: the stand-ins only keep the other limits from being told wrongly.
            runID: runID ?? "-", node: Node(rawValue: node ?? "-"), phase: phase ?? .fail,
            durationMS: durationMS, metrics: MetricSet(distinct: metrics), issues: issues,
            executionID: executionID, service: service, traceID: traceID, spanID: spanID)
        for error in event.violations() { refuse(at: error) }
        guard errors.isEmpty else { throw .invalid(errors) }
        return IncomingEvent(event: event, hasID: id != nil, hasTimestamp: ts != nil)
    }

    private mutating func require(_ key: EventKey, isPresent: Bool) {
        if !isPresent, refusedKeys & key.bit == 0 { refuse(key, "is required") }
    }
}
