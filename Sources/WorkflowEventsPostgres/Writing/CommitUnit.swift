import WorkflowEvents

/// What one transaction stores: a batch for each source, and what is remembered of requests under idempotency keys.
struct CommitUnit {
    let batches: [EventBatch]
    let keys: [KeyRecord]

    /// Everything that is left of `sheddings`, in order of arrival.
    init(_ sheddings: [Shedding]) {
        var batches: [EventBatch] = []
        for shedding in sheddings {
            let (source, events) = (shedding.request.source, shedding.remaining)
            if events.isEmpty { continue }
            if let index = batches.firstIndex(where: { Self.isSame($0.source, source) }) {
                batches[index].events += events
            } else {
                batches.append(EventBatch(source: source, events: events))
            }
        }
        self.batches = batches
        self.keys = sheddings.compactMap(\.keyRecord)
    }

    private static func isSame(_ source: String?, _ other: String?) -> Bool {
        guard let source, let other else { return source == nil && other == nil }
        return source.hasSameBytes(as: other)
    }

    var isEmpty: Bool { batches.isEmpty && keys.isEmpty }
}
