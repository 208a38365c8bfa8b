import WorkflowEvents

extension SinkState {
    /// Emits events whose durations count up from `first`, and tells whom that wakes.
    @discardableResult
    mutating func emit(_ count: Int, from first: Int = 0) -> Wakes {
        _ = takeWakes()
        for event in numberedEvents(count, from: first) { emit(event, bytes: event.estimatedBytes) }
        return takeWakes()
    }
}

extension SinkState.DeliveryStep {
    /// The durations of the events to deliver, which tell them apart.
    var delivered: [Int]? { if case .deliver(let events) = self { events.map(\.durationMS) } else { nil } }
    var isDeliver: Bool { delivered != nil }
    var loaded: SpoolFile? { if case .load(let file) = self { file } else { nil } }
    var waitsForever: Bool { if case .wait(until: nil) = self { true } else { false } }
}

extension SinkState.SpoolStep {
    /// The durations of the events to write, batch by batch.
    var stored: [[Int]]? {
        if case .store(let batches) = self { batches.map { $0.events.map(\.durationMS) } } else { nil }
    }
    var isStore: Bool { stored != nil }
    var isAdopt: Bool { if case .adopt = self { true } else { false } }
    var isFinish: Bool { if case .finish = self { true } else { false } }
    var waitUntil: MonotonicTime? { if case .wait(let until) = self { until } else { nil } }
    var reportedDrops: Int? { if case .reportDrops(let count) = self { count } else { nil } }
}

/// A file of this process with made-up content; 100 bytes an event unless told.
func file(_ sequence: UInt64, _ count: Int, bytes: Int? = nil) -> SpoolFile {
    SpoolFile(
        owner: "own", sequence: sequence, seal: SpoolFile.Seal(count: count, checksum: 0), bytes: bytes ?? 100 * count)
}
