import LibPQ
import Synchronization
import WorkflowEvents

/// One attempt to store batches: a transaction of idempotency keys, batch rows and a COPY.
final class BatchTransaction: Sendable {
    private let batches: [EventBatch]
    private let keys: [KeyRecord]
    /// Set once the server has told; from then on the transaction may hold keys or have committed.
    var trace: Trace? { firstTrace.withLock { $0 } }

    private let firstTrace = Mutex<Trace?>(nil)

    /// What finds the transaction again when its connection is lost.
    struct Trace: Sendable, Hashable {
        var backendPID: Int32
        var transactionID: String
        var evidence: Evidence
    }

    /// A row that is there if the transaction has committed, and only then.
    enum Evidence: Sendable, Hashable {
        case batch(id: Int64, recordedAt: PostgresTimestamp)
        case key(source: String, key: String, recordedAt: PostgresTimestamp)
    }

    init(_ unit: CommitUnit) {
        self.batches = unit.batches
        self.keys = unit.keys
    }

    /// Runs on the connection's own thread, so that no statement has to be handed to it.
    func run(on connection: isolated PostgresConnection) async throws {
        let spans = batches.map(\.span)
        let sources: [String?] = batches.map(\.source)
        let counts: [Int32] = batches.map { Int32($0.events.count) }
        let first: [PostgresTimestamp] = spans.map { PostgresTimestamp($0.lowerBound) }
        let last: [PostgresTimestamp] = spans.map { PostgresTimestamp($0.upperBound) }
        let insert: PostgresQuery = """
            insert into event_batches (source, event_count, ts_min, ts_max)
            select coalesce(source, session_user), event_count, ts_min, ts_max
            from unnest(\(sources), \(counts), \(first), \(last))
                 with ordinality as batch (source, event_count, ts_min, ts_max, number)
            order by number
            returning id, recorded_at, pg_backend_pid(), pg_current_xact_id()::text
            """
        // Keys come first, while nothing is held that others could wait for.
        try await connection.transaction(opening: keys.isEmpty ? insert : KeyRecord.insertion(of: keys)) {
            connection, opened in
            var rows = opened
            if !keys.isEmpty {
                found(try KeyRecord.trace(of: opened))
                if batches.isEmpty { return }
                rows = try await connection.query(insert)
            }
            var ids: [Int64] = []
            for row in rows {
                let (id, recordedAt, pid, xid) = try row.decode(
                    Int64.self, PostgresTimestamp.self, Int32.self, String.self)
                ids.append(id)
                found(Trace(backendPID: pid, transactionID: xid, evidence: .batch(id: id, recordedAt: recordedAt)))
            }
            _ = try await connection.copyIn(EventCopy.statement, EventCopy.encode(batches, batchIDs: ids))
        }
    }

    /// The first trace is as good as any.
    private func found(_ trace: Trace) {
        firstTrace.withLock { $0 = $0 ?? trace }
    }
}

extension BatchTransaction.Trace {
    /// Ends the transaction if it still runs, and tells whether it committed.
    ///
    /// - Returns: `nil` if the old backend did not go away in time.
    func settle(on connection: PostgresConnection) async throws -> Bool? {
        // A backend frozen in the middle of COPY keeps its unique entries until it ends, and ignores a cancel.
        let ended = try await connection.query(
            """
            select coalesce(bool_and(pg_terminate_backend(pid, 5000)), true)
            from pg_stat_activity
            where pid = \(backendPID) and backend_xid = (\(transactionID)::xid8)::xid
            """)
        guard try ended[0].decode(Bool.self) else { return nil }
        return try await connection.query(evidence.query)[0].decode(Bool.self)
    }
}

extension BatchTransaction.Evidence {
    /// Asks whether the row is there.
    fileprivate var query: PostgresQuery {
        switch self {
        case .batch(let id, let recordedAt):
            "select exists (select from event_batches where id = \(id) and recorded_at = \(recordedAt))"
        case .key(let source, let key, let recordedAt):
            """
            select exists (select from ingest_keys
                           where source = \(source) and key = \(key) and recorded_at = \(recordedAt))
            """
        }
    }
}
