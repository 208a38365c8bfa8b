import LedgerTestSupport
import LibPQ
import Synchronization
import WorkflowEvents
import WorkflowEventsPostgres

extension AppendRequest {
    /// A request under an idempotency key, with a body that `body` stands for.
    static func keyed(
        _ events: [WorkflowEvent], source: String = "skill", key: String = "key-1", body: UInt8 = 1
    ) -> AppendRequest {
        AppendRequest(
            events, source: source, policy: .whole,
            idempotency: IdempotencyKey(key: key, bodySHA256: Array(repeating: body, count: 32)))
    }
}

extension AppendResult {
    /// What was answered before, so many stored and so many duplicates.
    static func replay(acceptedCount: Int = 0, duplicateCount: Int = 0) -> AppendResult {
        var result = AppendResult(acceptedCount: acceptedCount, duplicateCount: duplicateCount)
        result.isReplay = true
        return result
    }
}

extension BatchWriter {
    /// Stores `request`.
    func append(_ request: AppendRequest) async throws -> AppendResult {
        try await append(
            request.events, source: request.source, policy: request.policy, idempotency: request.idempotency)
    }
}

extension TestLedger {
    /// What is stored.
    struct Counts: Equatable {
        var events: Int64
        var batches: Int64
        var keys: Int64
    }

    /// How much is stored.
    func counts() async throws -> Counts {
        try await withAdministrator { connection in
            let (events, batches, keys) = try await connection.query(
                """
                select (select count(*) from workflow_events), (select count(*) from event_batches),
                       (select count(*) from ingest_keys)
                """)[0].decode(Int64.self, Int64.self, Int64.self)
            return Counts(events: events, batches: batches, keys: keys)
        }
    }
}

/// Remembers numbers.
final class Counter: Sendable {
    private let state = Mutex<[Int]>([])

    var values: [Int] { state.withLock { $0 } }

    func add(_ number: Int) {
        state.withLock { $0.append(number) }
    }
}
