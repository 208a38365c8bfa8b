import WorkflowEvents

/// A request stored alone, as it sheds the events that cannot be stored.
struct Shedding {
    let request: AppendRequest
    /// Indices into the request's events of those still to be stored.
    private var kept: [Int]
    private var duplicateCount = 0
    private(set) var refused: [RefusedEvent] = []

    init(_ request: AppendRequest) {
        self.request = request
        self.kept = Array(request.events.indices)
    }

    /// The events still to be stored.
    var remaining: [WorkflowEvent] { kept.map { request.events[$0] } }

    /// Takes out events by their place in ``remaining``.
    mutating func drop(duplicates: Set<Int> = [], refused reasons: [Int: String] = [:]) {
        duplicateCount += duplicates.count
        refused += reasons.map { RefusedEvent(index: kept[$0.key], reason: $0.value) }
        refused.sort { $0.index < $1.index }
        kept = kept.enumerated().filter { !duplicates.contains($0.offset) && reasons[$0.offset] == nil }
            .map(\.element)
    }

    /// Takes the results of parts of ``remaining``, stored one after the other, as this request's.
    mutating func adopt(_ parts: [AppendResult], sizes: [Int]) -> AppendResult {
        var offset = 0
        var accepted = 0
        for (part, size) in zip(parts, sizes) {
            accepted += part.acceptedCount
            duplicateCount += part.duplicateCount
            refused += part.refused.map { RefusedEvent(index: kept[offset + $0.index], reason: $0.reason) }
            offset += size
        }
        refused.sort { $0.index < $1.index }
        return AppendResult(acceptedCount: accepted, duplicateCount: duplicateCount, refused: refused)
    }

    /// The outcome once everything in ``remaining`` is stored.
    var result: AppendResult {
        AppendResult(acceptedCount: kept.count, duplicateCount: duplicateCount, refused: refused)
    }
}
