package import WorkflowEventsPostgres
import WorkflowEvents

/// A list as the command prints it and the API answers it: `{"runs":[…],"next_cursor":…}` in JSON.
package struct Listing: Sendable {
    package private(set) var table: DataTable
    private let envelope: String
    private let nextCursor: Int64?

    /// The list of `rows`, as the member `envelope`.
    package init<Row: TableRow>(_ rows: [Row], envelope: String, nextCursor: Int64? = nil) {
        self.table = DataTable(columns: Row.columns, rows: rows.map(\.cells))
        self.table.members = rows.map(\.members)
        self.envelope = envelope
        self.nextCursor = nextCursor
    }

    package var json: [UInt8] {
        var json: [UInt8] = []
        var object = JSONObjectWriter(&json)
        object.add(envelope, to: &json, appendRows)
        object.add("next_cursor", nextCursor.map { String($0) }, to: &json)
        object.end(&json)
        return json
    }

    /// One thing with what it holds: `{"run":{…},"executions":[…]}`.
    package func json(of run: RunSummary) -> [UInt8] {
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
        appendJSONArray(table.rows.indices, to: &json) { index, json in table.appendObject(index, to: &json) }
    }
}
