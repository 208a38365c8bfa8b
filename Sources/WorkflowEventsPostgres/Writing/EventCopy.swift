import LibPQ
import WorkflowEvents

/// The binary COPY stream of the events of a transaction.
package enum EventCopy {
    /// The columns, in the order in which ``encode(_:batchIDs:)`` writes them.
    package static let columns = """
        run_id, ts, id, node, phase, duration_ms, metrics, issues, execution_id, service, trace_id, span_id, \
        batch_id, ordinal
        """
    /// The statement that takes the stream.
    package static let statement = "copy workflow_events (\(columns)) from stdin binary"

    /// Rows in key order: neighbours share index pages, and two transactions with the same keys meet in one order
    /// instead of deadlocking.
    package static func encode(_ batches: [EventBatch], batchIDs: [Int64]) -> [UInt8] {
        var buffer = CopyBuffer(columnCount: 14)
        var json: [UInt8] = []
        for row in keyOrder(batches) {
            buffer.beginRow()
            append(batches[row.batch].events[row.ordinal], to: &buffer, &json)
            buffer.append(batchIDs[row.batch])
            buffer.append(Int32(row.ordinal))
        }
        return buffer.finish()
    }

    /// Appends the columns of `event` itself; `json` is room that all of them share.
    private static func append(_ event: borrowing WorkflowEvent, to buffer: inout CopyBuffer, _ json: inout [UInt8]) {
        buffer.append(event.runID)
        buffer.append(PostgresTimestamp(event.ts))
        buffer.append(event.id)
        buffer.append(event.node.rawValue)
        buffer.append(event.phase.rawValue)
        buffer.append(Int64(event.durationMS))
        json.removeAll(keepingCapacity: true)
        json.append(json: event.metrics)
        buffer.appendJSONB(utf8: json)
        buffer.append(event.issues)
        buffer.append(event.executionID)
        buffer.append(event.service)
        buffer.append(event.traceID)
        buffer.append(event.spanID)
    }

    /// Where an event stands, with the beginning of its key beside it: sorting moves no events.
    private struct Row {
        var runID: String
        var ts: Timestamp
        var batch: Int
        var ordinal: Int
    }

    private static func keyOrder(_ batches: [EventBatch]) -> [Row] {
        var rows: [Row] = []
        rows.reserveCapacity(batches.reduce(0) { $0 + $1.events.count })
        for (batch, events) in batches.lazy.map(\.events).enumerated() {
            for ordinal in events.indices {
                rows.append(
                    Row(runID: events[ordinal].runID, ts: events[ordinal].ts, batch: batch, ordinal: ordinal))
            }
        }
        rows.sort { left, right in
            if left.runID != right.runID { return left.runID < right.runID }
            if left.ts != right.ts { return left.ts < right.ts }
            return batches[left.batch].events[left.ordinal].id < batches[right.batch].events[right.ordinal].id
        }
        return rows
    }
}
