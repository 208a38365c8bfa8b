package import LibPQ
public import WorkflowEvents

/// An event as the ledger holds it.
public struct StoredEvent: Sendable, Hashable {
    /// What was emitted.
    public var event: WorkflowEvent
    /// Its place in the ledger: 1, 2, 3 … without a gap.
    public var position: Int64
    /// When its batch was recorded, by the database's clock.
    public var recordedAt: Timestamp
    /// Who wrote it: a token's name or a database role.
    public var source: String

    /// The columns of `ledger_events` that ``init(_:)`` reads, in its order.
    package static let columns = """
        position, recorded_at, source, run_id, ts, id, node, phase, duration_ms, metrics::text, issues, \
        execution_id, service, trace_id, span_id
        """

    package init(_ row: PostgresRow) throws {
        self.position = try row.decode(0, as: Int64.self)
        self.recordedAt = Timestamp(try row.decode(1, as: PostgresTimestamp.self))
        self.source = try row.decode(2, as: String.self)
        guard let phase = Phase(rawValue: try row.decode(7, as: String.self)) else {
            throw WriteError(.schema, "The ledger holds a phase that this release does not know; upgrade runledger.")
        }
        self.event = WorkflowEvent(
            id: try row.decode(5, as: WorkflowEvent.ID.self),
            ts: Timestamp(try row.decode(4, as: PostgresTimestamp.self)),
            runID: try row.decode(3, as: String.self),
            node: Node(rawValue: try row.decode(6, as: String.self)),
            phase: phase,
            durationMS: Int(try row.decode(8, as: Int64.self)),
            metrics: try MetricSet(stored: row.decode(9, as: String.self)),
            issues: try row.decode(10, as: [String].self),
            executionID: try row.decode(11, as: WorkflowEvent.ID?.self),
            service: try row.decode(12, as: String?.self),
            traceID: try row.decode(13, as: String?.self),
            spanID: try row.decode(14, as: String?.self))
    }
}

extension StoredEvent {
    /// Appends the event with what the ledger knows of it, as Event JSON.
    package func appendJSON(to output: inout [UInt8]) {
        let recorded = EventJSONWriter.Recorded(position: position, recordedAt: recordedAt, source: source)
        EventJSONWriter.append(event, recorded: recorded, to: &output)
    }

    /// Appends the event as a line.
    package func appendJSONLine(to output: inout [UInt8]) {
        appendJSON(to: &output)
        output.append(UInt8(ascii: "\n"))
    }
}
