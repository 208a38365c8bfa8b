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
        let sheddings = requests.map { Shedding($0) }
        let failure: CommitError
        do {
            if !requests.contains(where: { $0.idempotency != nil }) {
                try await runner.commit(CommitUnit(sheddings))
                return sheddings.map(\.outcome)
            }
            return try await storeKeyed(sheddings)
        } catch {
            failure = CommitError(error)
        }
        return await storeEach(sheddings, after: failure)
    }

    /// Stores requests some of which have idempotency keys: those already answered are left out.
    private func storeKeyed(_ sheddings: [Shedding]) async throws -> [Result<AppendResult, WriteError>] {
        let answers = try await runner.pool.withConnection { connection in
            try await KeyRecord.answers(to: sheddings.map(\.keyRecord), on: connection)
        }
        let fresh = sheddings.indices.filter { answers[$0] == nil }
        var results = answers
        var outcomes: [Result<AppendResult, WriteError>]
        do {
            try await runner.commit(CommitUnit(fresh.map { sheddings[$0] }))
            outcomes = fresh.map { sheddings[$0].outcome }
        } catch {
            outcomes = await storeEach(fresh.map { sheddings[$0] }, after: CommitError(error))
        }
        for (index, outcome) in zip(fresh, outcomes) { results[index] = outcome }
        return results.compactMap(\.self)
    }

    /// Stores each request by itself after `failure` of a transaction of all of them.
    private func storeEach(
        _ sheddings: [Shedding], after failure: CommitError
    ) async -> [Result<AppendResult, WriteError>] {
        var results: [Result<AppendResult, WriteError>] = []
        for shedding in sheddings {
            if shedding.isDone {
                results.append(shedding.outcome)
            } else if case .failed(let error) = failure {
                results.append(.failure(error))
            } else {
                // What made a shared transaction fail may be another's.
                results.append(await storeAlone(shedding, after: sheddings.count == 1 ? failure : nil))
            }
        }
        return results
    }

    private static let maximumAttemptCount = 20

    private func storeAlone(
        _ shedding: Shedding, after failure: CommitError? = nil
    ) async -> Result<AppendResult, WriteError> {
        var shedding = shedding
        var failure = failure
        for _ in 1...Self.maximumAttemptCount where !shedding.isDone {
            do {
                guard let cause = failure else {
                    try await runner.commit(CommitUnit([shedding]))
                    return shedding.outcome
                }
                failure = nil
                if let result = try await shed(&shedding, because: cause) { return .success(result) }
            } catch {
                failure = CommitError(error)
                if case .failed(let error) = failure { return .failure(error) }
            }
        }
        guard shedding.isDone else {
            return .failure(
                WriteError(.unavailable, "Other writers keep storing the same events; send these again."))
        }
        return shedding.outcome
    }

    /// Takes out of `shedding` what the database cannot store, or stores what it can and returns the result.
    private func shed(_ shedding: inout Shedding, because error: CommitError) async throws -> AppendResult? {
        let events = shedding.remaining
        switch error {
        case .failed:
            throw error
        case .noPartition(let reasons):
            shedding.drop(refused: Self.reasons(events) { reasons[$0.ts] }, pointer: LatestTime.pointer)
        case .content(let error) where error.tableName == KeyRecord.table && error.sqlState == .uniqueViolation:
            // Another request under the same key was faster.
            let record = shedding.keyRecord
            let answers = try await runner.pool.withConnection { try await KeyRecord.answers(to: [record], on: $0) }
            return try answers[0]?.get()
        case .content(let error) where error.sqlState == .uniqueViolation:
            let found = try await runner.pool.withConnection { try await StoredIdentities.find(events, on: $0) }
            shedding.drop(duplicates: found.duplicates, conflicts: found.conflicts)
        case .content(let error) where error.constraintName == "event_batches_ts_max_in_future":
            let latest = try await runner.pool.withConnection { try await LatestTime.query(on: $0) }
            shedding.drop(
                refused: Self.reasons(events) { $0.ts > latest ? LatestTime.reason : nil },
                pointer: LatestTime.pointer)
        case .content(let error) where error.tableName == "event_batches" || error.tableName == KeyRecord.table:
            // The request is wrong and no event of it: its source or its key is empty or too long.
            throw WriteError(.refused, error.message)
        case .content(let error) where events.count == 1:
            shedding.drop(refused: [0: error.message])
        case .content(let error) where shedding.request.policy == .whole:
            // The server names no row, and trying parts would store them.
            throw WriteError(.refused, error.message)
        case .content:
            // The server names no row: halve until each bad one stands alone.
            let middle = events.count / 2
            let halves = [events[..<middle], events[middle...]].map(Array.init)
            var parts: [AppendResult] = []
            for half in halves {
                let request = AppendRequest(half, source: shedding.request.source)
                parts.append(try await storeAlone(Shedding(request)).get())
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
