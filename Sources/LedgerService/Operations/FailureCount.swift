import Synchronization

/// How often something has failed since it went well last, for a log that tells it at each doubling.
final class FailureCount: Sendable {
    private let count = Atomic(0)

    /// Counts a failure; whether it is one to tell of: the first, second, fourth and so on.
    func failed() -> Bool {
        let count = count.add(1, ordering: .relaxed).newValue
        return count.nonzeroBitCount == 1
    }

    /// Begins anew.
    func succeeded() {
        if count.load(ordering: .relaxed) > 0 { count.store(0, ordering: .relaxed) }
    }
}
