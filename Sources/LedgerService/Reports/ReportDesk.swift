import HTTPTypes
import Synchronization

/// Lets a few reports run at a time, so that they leave the database's connections to others.
final class ReportDesk: Sendable {
    private let maximumCount: Int
    private let count = Atomic(0)

    /// A desk for `maximumCount` reports at a time.
    init(maximumCount: Int) {
        self.maximumCount = maximumCount
    }

    /// Does `body` if there is a place.
    ///
    /// - Throws: ``Problem`` 503 if there is none; what `body` throws.
    func serve<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        let (_, taken) = count.add(1, ordering: .relaxed)
        defer { count.subtract(1, ordering: .relaxed) }
        guard taken <= maximumCount else {
            throw Problem(
                .serviceUnavailable, "There are \(maximumCount) reports being made already; ask again in a moment.",
                headers: [.retryAfter: "2"])
        }
        return try await body()
    }
}
