import LibPQ
import Synchronization
import WorkflowEvents

/// The partitions known to exist, so that a batch asks for one only when its month is new.
final class PartitionCache: Sendable {
    private let ranges = Mutex<[Range<Timestamp>]>([])

    /// The times of `batches` that lie in no known partition.
    func missing(in batches: [EventBatch]) -> [Timestamp] {
        let known = ranges.withLock { $0 }
        var missing: Set<Timestamp> = []
        var last: Range<Timestamp>?
        for batch in batches {
            for event in batch.events where last?.contains(event.ts) != true {
                last = known.first { $0.contains(event.ts) }
                if last == nil { missing.insert(event.ts) }
            }
        }
        return missing.sorted()
    }

    /// Makes the partition of each time that lies in none.
    ///
    /// - Returns: the times that no partition can be made for, with the server's reason.
    func ensure(_ times: [Timestamp], on connection: PostgresConnection) async throws -> [Timestamp: String] {
        var failed: [Timestamp: String] = [:]
        // A wrong clock must not use up the ledger's partitions.
        let latest = times.isEmpty ? nil : try await LatestTime.query(on: connection)
        var limit: String?
        for time in times where !contains(time) {
            if let latest, time > latest {
                failed[time] = LatestTime.reason
                continue
            }
            if let limit {
                failed[time] = limit
                continue
            }
            do {
                try await learn("ensure_partition(\(PostgresTimestamp(time)))", on: connection)
            } catch {
                guard error.sqlState == .tooManyPartitions else { throw error }
                failed[time] = error.message
                // No other can be made either, and each of thousands of times may want one.
                limit = "No partition holds it, and none can be made: " + error.message
                try await learn("partitions()", on: connection)
            }
        }
        return failed
    }

    private func learn(_ partitions: PostgresQuery, on connection: PostgresConnection) async throws(PostgresError) {
        for row in try await connection.query("select from_ts, to_ts from \(partitions)") {
            let (from, to) = try row.decode(PostgresTimestamp.self, PostgresTimestamp.self)
            ranges.withLock { $0.append(Timestamp(from)..<Timestamp(to)) }
        }
    }

    /// Forgets what is known, since a partition was found to be missing.
    func forget() {
        ranges.withLock { $0.removeAll() }
    }

    private func contains(_ time: Timestamp) -> Bool {
        ranges.withLock { $0.contains { $0.contains(time) } }
    }
}

extension SQLState {
    /// What `ensure_partition` raises where one more partition would exceed the ledger's limit.
    static let tooManyPartitions = SQLState(rawValue: "RL002")
}
