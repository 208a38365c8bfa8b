/// Counts the events that found no room, until an event in the ledger tells of them.
package struct DropCount: Sendable {
    package private(set) var events = 0
    package private(set) var bytes = 0
    package private(set) var first: Timestamp?
    package private(set) var last: Timestamp?
    /// Drops that the log does not show yet.
    package private(set) var unreported = 0
    /// All drops of this process.
    package private(set) var total = 0

    package init() {}

    /// Counts `event` as dropped.
    package mutating func add(_ event: borrowing WorkflowEvent, bytes eventBytes: Int) {
        let ts = event.ts
        events += 1
        total += 1
        unreported += 1
        bytes += eventBytes
        first = min(first ?? ts, ts)
        last = max(last ?? ts, ts)
    }

    /// The count to log now; the log is taken to show it.
    package mutating func takeUnreported() -> Int {
        defer { unreported = 0 }
        return unreported
    }

    /// Counts anew: an event tells the ledger of the drops so far.
    package mutating func told() { (events, bytes, first, last) = (0, 0, nil, nil) }

    /// The event that tells the ledger of the drops so far, `nil` if there were none.
    package func event(service: String, at now: Timestamp) -> WorkflowEvent? {
        guard events > 0, let first, let last else { return nil }
        let what =
            events == 1 ? "1 event emitted at \(first) was" : "\(events) events emitted from \(first) to \(last) were"
        return WorkflowEvent(
            ts: now,
            runID: Self.runID(service: service),
            node: Self.node,
            phase: .fail,
            metrics: ["dropped_events": MetricValue(events), "dropped_bytes": MetricValue(bytes)],
            issues: [
                "\(what) dropped: the memory buffer was full, and the spool was full, failing or not configured"
            ],
            service: service)
    }

    /// The reserved node of drop events.
    package static let node: Node = "runledger.drop"

    /// The run that drop events of `service` belong to, cut to the 255 bytes a run id may have.
    package static func runID(service: String) -> String {
        var runID = "runledger:" + service
        while runID.utf8.count > 255 { runID.removeLast() }
        return runID
    }
}
