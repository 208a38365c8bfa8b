import LedgerReporting
import WorkflowEvents
import WorkflowEventsPostgres

/// Something that is listed as a row of a table.
protocol TableRow {
    static var columns: [ReportDefinition.Column] { get }
    var cells: [ReportValue] { get }
}

/// A list as a command prints it: `{"runs":[…],"next_cursor":…}` in JSON.
struct Listing {
    let table: DataTable
    let envelope: String
    let nextCursor: Int64?

    init<Row: TableRow>(_ rows: [Row], envelope: String, nextCursor: Int64? = nil) {
        self.table = DataTable(columns: Row.columns, rows: rows.map(\.cells))
        self.envelope = envelope
        self.nextCursor = nextCursor
    }

    func print(as format: OutputFormat) throws {
        switch format {
        case .table: try Terminal.write(table.text(width: Terminal.width, bold: { Style.bold($0) }))
        case .json: try Terminal.write(json + [UInt8(ascii: "\n")])
        case .ndjson: try Terminal.write(table.ndjson)
        case .csv: try Terminal.write(table.csv)
        }
    }

    private var json: [UInt8] {
        var json: [UInt8] = []
        var object = JSONObjectWriter(&json)
        object.add(envelope, to: &json, appendRows)
        object.add("next_cursor", nextCursor.map { String($0) }, to: &json)
        object.end(&json)
        return json
    }

    /// One thing with what it holds: `{"run":{…},"executions":[…]}`.
    func json(of run: RunSummary) -> [UInt8] {
        var json: [UInt8] = []
        var object = JSONObjectWriter(&json)
        object.add("run", to: &json) { json in
            DataTable(columns: RunSummary.columns, rows: [run.cells]).appendObject(0, to: &json)
        }
        object.add(envelope, to: &json, appendRows)
        object.end(&json)
        return json
    }

    private func appendRows(to json: inout [UInt8]) {
        json.append(UInt8(ascii: "["))
        for index in table.rows.indices {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            table.appendObject(index, to: &json)
        }
        json.append(UInt8(ascii: "]"))
    }
}

extension RunSummary: TableRow {
    static var columns: [ReportDefinition.Column] {
        [
            .init(name: "run_id", type: .text), .init(name: "status", type: .text),
            .init(name: "nodes_done", type: .integer), .init(name: "executions", type: .integer),
            .init(name: "failures", type: .integer), .init(name: "issue_count", type: .integer),
            .init(name: "event_count", type: .integer), .init(name: "first_ts", type: .timestamp),
            .init(name: "last_ts", type: .timestamp),
        ]
    }

    var cells: [ReportValue] {
        [
            .text(runID), .text(status.rawValue), .integer(Int64(nodesDone)), .integer(Int64(executionCount)),
            .integer(Int64(failureCount)), .integer(Int64(issueCount)), .integer(Int64(eventCount)),
            .timestamp(firstTS), .timestamp(lastTS),
        ]
    }
}

extension Execution: TableRow {
    static var columns: [ReportDefinition.Column] {
        [
            .init(name: "node", type: .text), .init(name: "phase", type: .text),
            .init(name: "started_at", type: .timestamp), .init(name: "ended_at", type: .timestamp),
            .init(name: "duration_ms", type: .integer, unit: "ms"), .init(name: "issues", type: .texts),
        ]
    }

    var cells: [ReportValue] {
        [
            .text(node.rawValue), .text(phase.rawValue), .timestamp(startedAt), endedAt.map { .timestamp($0) } ?? .null,
            durationMS.map { .integer(Int64($0)) } ?? .null, .texts(issues),
        ]
    }
}
