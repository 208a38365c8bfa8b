import Foundation
import WorkflowEvents

/// What identifies an event. Those that the service names itself are known by their run, which then has no other.
struct EventName: Hashable, Sendable {
    var runID: String
    /// Microseconds since 1970; 0 where the service gives time and id.
    var ts: Int64
    var id: UUID?

    init(runID: String, ts: Int64, id: UUID?) {
        self.runID = runID
        self.ts = ts
        self.id = id
    }

    init(_ event: WorkflowEvent) {
        self.init(runID: event.runID, ts: event.ts.microsecondsSince1970, id: event.id)
    }

    init?(text: Substring) {
        let fields = text.split(separator: " ")
        guard fields.count == 3, let ts = Int64(fields[1]) else { return nil }
        let id = UUID(uuidString: String(fields[2]))
        guard id != nil || fields[2] == "-" else { return nil }
        self.init(runID: String(fields[0]), ts: ts, id: id)
    }

    var text: String { "\(runID) \(ts) \(id?.uuidString ?? "-")" }
}
