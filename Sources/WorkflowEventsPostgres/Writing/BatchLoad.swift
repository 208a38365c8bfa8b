import WorkflowEvents

/// What requests weigh: their events, and about how much memory those hold.
struct BatchLoad: Sendable {
    var eventCount = 0
    var byteCount = 0

    init(eventCount: Int = 0, byteCount: Int = 0) {
        self.eventCount = eventCount
        self.byteCount = byteCount
    }

    init(_ events: [WorkflowEvent]) {
        self.init(eventCount: events.count, byteCount: events.reduce(0) { $0 + $1.estimatedBytes })
    }

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
