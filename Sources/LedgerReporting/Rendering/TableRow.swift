import Foundation
import WorkflowEvents
package import WorkflowEventsPostgres

/// Something that is listed as a row of a table.
package protocol TableRow {
    static var columns: [ReportDefinition.Column] { get }
    var cells: [ReportValue] { get }
    /// What it has besides where it is written as an object, as JSON.
    var members: [(name: String, json: [UInt8])] { get }
}

extension TableRow {
    /// Nothing.
    package var members: [(name: String, json: [UInt8])] { [] }
}

extension RunSummary: TableRow {
    package static var columns: [ReportDefinition.Column] {
        [
            .init(name: "run_id", type: .text), .init(name: "status", type: .text),
            .init(name: "nodes_done", type: .integer), .init(name: "executions", type: .integer),
            .init(name: "failures", type: .integer), .init(name: "issue_count", type: .integer),
            .init(name: "event_count", type: .integer), .init(name: "first_ts", type: .timestamp),
            .init(name: "last_ts", type: .timestamp),
        ]
    }

    package var cells: [ReportValue] {
        [
            .text(runID), .text(status.rawValue), .integer(Int64(nodesDone)), .integer(Int64(executionCount)),
            .integer(Int64(failureCount)), .integer(Int64(issueCount)), .integer(Int64(eventCount)),
            .timestamp(firstTS), .timestamp(lastTS),
        ]
    }
}

extension Execution: TableRow {
    package static var columns: [ReportDefinition.Column] {
        [
            .init(name: "node", type: .text), .init(name: "phase", type: .text),
            .init(name: "started_at", type: .timestamp), .init(name: "ended_at", type: .timestamp),
            .init(name: "duration_ms", type: .integer, unit: "ms"), .init(name: "issues", type: .texts),
        ]
    }

    package var cells: [ReportValue] {
        [
            .text(node.rawValue), .text(phase.rawValue), .timestamp(startedAt), endedAt.map { .timestamp($0) } ?? .null,
            durationMS.map { .integer(Int64($0)) } ?? .null, .texts(issues),
        ]
    }

    package var members: [(name: String, json: [UInt8])] {
        var (id, set) = ([UInt8](), [UInt8]())
        if let executionID { id.append(json: executionID.text) } else { id += "null".utf8 }
        set.append(json: metrics)
        return [("execution_id", id), ("metrics", set)]
    }
}
