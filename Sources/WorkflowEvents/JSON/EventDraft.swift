#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An event as far as it is read, and what is wrong with it so far.
struct EventDraft {
    /// The fields that were read; the others hold what only keeps the limits from being told wrongly.
    var event = WorkflowEvent(
        id: UUID(highBits: 0, lowBits: 0), ts: Timestamp(microsecondsSince1970: 0), runID: "-", node: "-", phase: .fail)
    /// The metrics that were read; their names are distinct.
    var metrics: [(name: String, value: MetricValue)] = []

    private var keys: EventKeys = []
    private var givenKeys: EventKeys = []
    private var refusedKeys: EventKeys = []
    private var metricNames: Set<String> = []
    private(set) var errors: [FieldError] = []

    /// Notes that `key` was read; whether it is the first time.
    @inline(__always)
    mutating func note(_ key: EventKey) -> Bool {
        keys.insert(EventKeys(key)).inserted
    }

    /// Notes that `key` has a value.
    @inline(__always)
    mutating func give(_ key: EventKey) {
        givenKeys.formUnion(EventKeys(key))
    }

    /// Whether no metric called `name` was read yet: a search among few, by hash among many.
    mutating func isNewMetric(_ name: String) -> Bool {
        if metrics.count < 16 {
            for index in metrics.indices where metrics[index].name == name { return false }
            return true
        }
        if metricNames.isEmpty { metricNames = Set(metrics.lazy.map(\.name)) }
        return metricNames.insert(name).inserted
    }

    /// Notes that the value of `key` is wrong.
    mutating func refuse(_ key: EventKey, _ detail: String) {
        refusedKeys.formUnion(EventKeys(key))
        refuse(FieldError(at: key, detail: detail))
    }

    /// Notes that the value is no object, so that nothing can be said of its fields.
    mutating func refuseWhole(_ detail: String) {
        refusedKeys = [EventKeys(.runID), EventKeys(.node), EventKeys(.phase)]
        refuse(FieldError(pointer: "", detail: detail))
    }

    /// Notes that the member or element `token` of `key` is wrong.
    mutating func refuse(_ key: EventKey, _ token: String, _ detail: String) {
        refuse(FieldError(at: key, token, detail: detail))
    }

    /// Notes an error, unless there are too many already.
    mutating func refuse(_ error: FieldError) {
        if errors.count < EventLimits.maximumFieldErrorCount { errors.append(error) }
    }

    /// The event, if nothing is wrong with it.
    mutating func finish() throws(EventJSONError) -> IncomingEvent {
        for key in [EventKey.runID, .node, .phase] where !givenKeys.union(refusedKeys).contains(EventKeys(key)) {
            refuse(key, "is required")
        }
        let hasID = givenKeys.contains(EventKeys(.id))
        let hasTimestamp = givenKeys.contains(EventKeys(.ts))
        if hasID, !hasTimestamp, !refusedKeys.contains(EventKeys(.ts)) { refuse(.id, "needs a ts beside it") }
        if !hasID { event.id = UUIDv7.next() }
        if !hasTimestamp { event.ts = .now }
        event.metrics = MetricSet(distinct: metrics)
        for error in event.violations() { refuse(error) }
        guard errors.isEmpty else { throw .invalid(errors) }
        return IncomingEvent(event: event, hasID: hasID, hasTimestamp: hasTimestamp)
    }
}

/// A set of keys.
private struct EventKeys: OptionSet {
    var rawValue: UInt16

    init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The set of `key` alone.
    init(_ key: EventKey) {
        self.rawValue = 1 << key.rawValue
    }
}
