import WorkflowEvents

/// What requests weigh: their events, and about how much memory those hold.
struct BatchLoad: Sendable {
    var eventCount = 0
    var byteCount = 0

    init(eventCount: Int = 0, byteCount: Int = 0) {
        self.eventCount = eventCount
        self.byteCount = byteCount
    }

    /// What `request` weighs; also one without events takes a place.
    init(_ request: AppendRequest) {
        let ownBytes =
            Self.requestBytes + (request.source?.utf8.count ?? 0) + (request.idempotency?.key.utf8.count ?? 0)
        self.init(
            eventCount: request.events.count,
            byteCount: request.events.reduce(ownBytes) { $0 + $1.estimatedBytes })
    }

    /// About what a request takes besides its events.
    private static let requestBytes = 256

    /// Whether there is more of something than `limit` allows.
    func exceeds(_ limit: BatchLoad) -> Bool {
        eventCount > limit.eventCount || byteCount > limit.byteCount
    }

    static func + (left: BatchLoad, right: BatchLoad) -> BatchLoad {
        BatchLoad(eventCount: left.eventCount + right.eventCount, byteCount: left.byteCount + right.byteCount)
    }

    static func - (left: BatchLoad, right: BatchLoad) -> BatchLoad {
        BatchLoad(eventCount: left.eventCount - right.eventCount, byteCount: left.byteCount - right.byteCount)
    }
}
