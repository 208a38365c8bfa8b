package import LibPQ
package import Logging
import WorkflowEvents

/// Stores requests durably and exactly once: the one place where events enter the ledger.
///
/// Requests that arrive together share a transaction. When that fails for what is in it, each is tried alone; alone, a
/// request sheds its duplicates and its wrong events until the rest can be stored.
package struct BatchCommitter: Sendable {
    private let runner: TransactionRunner

    /// Stores over connections of `pool`; a transaction that takes longer than `transactionTimeout` is aborted.
    package init(
        database: LedgerDatabase, pool: PostgresPool, transactionTimeout: Duration = .seconds(30), logger: Logger
    ) {
        self.runner = TransactionRunner(
            pool: pool, schema: database.schema, timeout: transactionTimeout, logger: logger)
    }

    /// Stores `requests`, in order, and tells what became of each, in the same order.
    package func store(_ requests: [AppendRequest]) async -> [Result<AppendResult, WriteError>] {
        let failure: CommitError
        do {
            let batches = Self.batches(of: requests)
            if !batches.isEmpty { try await runner.commit(batches) }
            return requests.map { .success(AppendResult(acceptedCount: $0.events.count)) }
        } catch {
            failure = CommitError(error)
        }
        if case .failed(let error) = failure { return requests.map { _ in .failure(error) } }
        if requests.count == 1 { return [await storeAlone(requests[0], after: failure)] }
        var results: [Result<AppendResult, WriteError>] = []
        for request in requests { results.append(await storeAlone(request)) }
        return results
    }

    /// The events of `requests` as one batch a source, in order of arrival.
    private static func batches(of requests: [AppendRequest]) -> [EventBatch] {
        var batches: [EventBatch] = []
        for request in requests where !request.events.isEmpty {
            if let index = batches.firstIndex(where: { $0.source == request.source }) {
                batches[index].events += request.events
            } else {
                batches.append(EventBatch(source: request.source, events: request.events))
            }
        }
        return batches
    }

    private static let maximumAttemptCount = 20

    private func storeAlone(
        _ request: AppendRequest, after failure: CommitError? = nil
    ) async -> Result<AppendResult, WriteError> {
        var shedding = Shedding(request)
        var failure = failure
        for _ in 1...Self.maximumAttemptCount where !shedding.remaining.isEmpty {
            do {
                guard let cause = failure else {
                    try await runner.commit([EventBatch(source: request.source, events: shedding.remaining)])
                    return .success(shedding.result)
                }
                failure = nil
                if let result = try await shed(&shedding, because: cause) { return .success(result) }
            } catch {
                failure = CommitError(error)
                if case .failed(let error) = failure { return .failure(error) }
            }
            if request.policy == .whole, let first = shedding.refused.first {
                return .failure(
                    WriteError(.refused, "event \(first.index): \(first.reason)", refused: shedding.refused))
            }
        }
        guard shedding.remaining.isEmpty else {
            return .failure(
                WriteError(.unavailable, "Other writers keep storing the same events; send these again."))
        }
        return .success(shedding.result)
    }

    /// Takes out of `shedding` what the database cannot store, or stores what it can and returns the result.
    private func shed(_ shedding: inout Shedding, because error: CommitError) async throws -> AppendResult? {
        let events = shedding.remaining
        switch error {
        case .failed:
            throw error
        case .noPartition(let reasons):
            shedding.drop(refused: Self.reasons(events) { reasons[$0.ts] })
        case .content(let error) where error.sqlState == .uniqueViolation:
            let found = try await runner.pool.withConnection { try await StoredIdentities.find(events, on: $0) }
            let conflict = "an event with the same run_id, ts and id but other content is already stored"
            shedding.drop(
                duplicates: found.duplicates,
                refused: Dictionary(uniqueKeysWithValues: found.conflicts.map { ($0, conflict) }))
        case .content(let error) where error.constraintName == "event_batches_ts_max_in_future":
            let limit = try await runner.pool.withConnection { connection in
                try await connection.query("select clock_timestamp() + interval '24 hours'")[0]
                    .decode(PostgresTimestamp.self)
            }
            let reason = "ts is more than 24 hours ahead of the database's clock"
            shedding.drop(refused: Self.reasons(events) { $0.ts > Timestamp(limit) ? reason : nil })
        case .content(let error) where events.count == 1 || shedding.request.policy == .whole:
            shedding.drop(refused: [0: error.message])
        case .content:
            // The server names no row: halve until each bad one stands alone.
            let middle = events.count / 2
            let halves = [events[..<middle], events[middle...]].map(Array.init)
            var parts: [AppendResult] = []
            for half in halves {
                parts.append(try await storeAlone(AppendRequest(half, source: shedding.request.source)).get())
            }
            return shedding.adopt(parts, sizes: halves.map(\.count))
        }
        return nil
    }

    private static func reasons(
        _ events: [WorkflowEvent], _ reason: (WorkflowEvent) -> String?
    ) -> [Int: String] {
        var reasons: [Int: String] = [:]
        for (index, event) in events.enumerated() { reasons[index] = reason(event) }
        return reasons
    }
}
