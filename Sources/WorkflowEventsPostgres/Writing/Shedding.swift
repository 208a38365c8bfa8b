import WorkflowEvents

/// A request on its way into the ledger, as it sheds the events that cannot be stored or are stored already.
struct Shedding {
    let request: AppendRequest
    /// Indices into the request's events of those still to be stored.
    private var kept: [Int]
    private var duplicateCount = 0
    private(set) var refused: [RefusedEvent] = []
    private var hasConflict = false

    /// Sheds at once what breaks a rule of its own, so that the database need not be asked.
    init(_ request: AppendRequest) {
        self.request = request
        self.kept = Array(request.events.indices)
        var reasons: [Int: String] = [:]
        for (index, event) in request.events.enumerated() {
            reasons[index] = event.violations().first?.description
        }
        if !reasons.isEmpty { drop(refused: reasons) }
    }

    /// Whether one bad event has spoilt all.
    private var isRejected: Bool { request.policy == .whole && !refused.isEmpty }

    /// The events still to be stored.
    var remaining: [WorkflowEvent] {
        if isRejected { return [] }
        return kept.count == request.events.count ? request.events : kept.map { request.events[$0] }
    }

    /// Takes out events by their place in ``remaining``.
    mutating func drop(duplicates: Set<Int> = [], conflicts: Set<Int> = []) {
        if !conflicts.isEmpty { hasConflict = true }
        let conflict = "an event with the same run_id, ts and id but other content is already stored"
        drop(duplicates: duplicates, refused: Dictionary(uniqueKeysWithValues: conflicts.map { ($0, conflict) }))
    }

    /// Takes out events by their place in ``remaining``; the reasons are about the field at `pointer`.
    mutating func drop(duplicates: Set<Int> = [], refused reasons: [Int: String], pointer: String = "") {
        duplicateCount += duplicates.count
        refused += reasons.map { RefusedEvent(index: kept[$0.key], pointer: pointer, reason: $0.value) }
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
            for var event in part.refused {
                event.index = kept[offset + event.index]
                refused.append(event)
            }
            offset += size
        }
        refused.sort { $0.index < $1.index }
        return AppendResult(acceptedCount: accepted, duplicateCount: duplicateCount, refused: refused)
    }

    /// What is to be remembered of the request under its key once everything in ``remaining`` is stored.
    var keyRecord: KeyRecord? {
        guard let idempotency = request.idempotency, let source = request.source, !isRejected else { return nil }
        return KeyRecord(
            source: source, idempotency: idempotency, acceptedCount: kept.count, duplicateCount: duplicateCount)
    }

    /// Whether a transaction has nothing to store of it.
    var isDone: Bool { remaining.isEmpty && keyRecord == nil }

    /// What became of the request once everything in ``remaining`` is stored.
    var outcome: Result<AppendResult, WriteError> {
        if isRejected, let first = refused.first {
            return .failure(
                WriteError(
                    hasConflict ? .conflict : .refused, "event \(first.index): \(first.reason)", refused: refused))
        }
        return .success(AppendResult(acceptedCount: kept.count, duplicateCount: duplicateCount, refused: refused))
    }
}
