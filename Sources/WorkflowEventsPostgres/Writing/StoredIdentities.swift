import LibPQ
import WorkflowEvents

/// Which of some events the ledger already holds.
struct StoredIdentities {
    /// Indices of events that are stored with the same content.
    var duplicates: Set<Int> = []
    /// Indices of events whose identity is stored with other content.
    var conflicts: Set<Int> = []

    /// Compares `events` with the ledger and with each other: the first of several with one identity counts.
    static func find(_ events: [WorkflowEvent], on connection: PostgresConnection) async throws(PostgresError)
        -> StoredIdentities
    {
        var found = within(events)
        for row in try await connection.query(comparison(events)) {
            let (number, same) = try row.decode(Int64.self, Bool.self)
            let index = Int(number) - 1
            // What is stored goes before what is to be stored.
            if same {
                found.conflicts.remove(index)
                found.duplicates.insert(index)
            } else {
                found.duplicates.remove(index)
                found.conflicts.insert(index)
            }
        }
        return found
    }

    private struct Identity: Hashable {
        var runID: [UInt8]
        var ts: Timestamp
        var id: WorkflowEvent.ID
    }

    private static func within(_ events: [WorkflowEvent]) -> StoredIdentities {
        var found = StoredIdentities()
        var first: [Identity: Int] = [:]
        for (index, event) in events.enumerated() {
            let identity = Identity(runID: Array(event.runID.utf8), ts: event.ts, id: event.id)
            guard let earlier = first[identity] else {
                first[identity] = index
                continue
            }
            if events[earlier] == event {
                found.duplicates.insert(index)
            } else {
                found.conflicts.insert(index)
            }
        }
        return found
    }

    private static func comparison(_ events: [WorkflowEvent]) -> PostgresQuery {
        let span = EventBatch(events: events).span
        let (first, last) = (PostgresTimestamp(span.lowerBound), PostgresTimestamp(span.upperBound))
        let runIDs: [String] = events.map(\.runID)
        let times: [PostgresTimestamp] = events.map { PostgresTimestamp($0.ts) }
        let ids: [WorkflowEvent.ID] = events.map(\.id)
        let nodes: [String] = events.map(\.node.rawValue)
        let phases: [String] = events.map(\.phase.rawValue)
        let durations: [Int64] = events.map { Int64($0.durationMS) }
        let metrics: [String] = events.map { json($0) { $1.append(json: $0.metrics) } }
        let issues: [String] = events.map { json($0) { $1.append(json: $0.issues) } }
        let executionIDs: [WorkflowEvent.ID?] = events.map(\.executionID)
        let services: [String?] = events.map(\.service)
        let traceIDs: [String?] = events.map(\.traceID)
        let spanIDs: [String?] = events.map(\.spanID)
        return """
            select new.number,
                   (old.node, old.phase, old.duration_ms, old.metrics, to_jsonb(old.issues))
                   = (new.node, new.phase, new.duration_ms, new.metrics::jsonb, new.issues::jsonb)
                   and (old.execution_id, old.service, old.trace_id, old.span_id)
                   is not distinct from (new.execution_id, new.service, new.trace_id, new.span_id)
            from unnest(\(runIDs), \(times), \(ids), \(nodes), \(phases), \(durations), \(metrics), \(issues),
                        \(executionIDs), \(services), \(traceIDs), \(spanIDs))
                 with ordinality as new (run_id, ts, id, node, phase, duration_ms, metrics, issues, execution_id,
                                         service, trace_id, span_id, number)
            join workflow_events old on old.run_id = new.run_id and old.ts = new.ts and old.id = new.id
            where old.ts between \(first) and \(last)
            """
    }

    private static func json(_ event: WorkflowEvent, _ append: (WorkflowEvent, inout [UInt8]) -> Void) -> String {
        var json: [UInt8] = []
        append(event, &json)
        return String(decoding: json, as: UTF8.self)
    }
}
