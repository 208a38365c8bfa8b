/// Columns and rows, before they are written in some format.
package struct DataTable: Sendable {
    package var columns: [ReportDefinition.Column]
    package var rows: [[ReportValue]]
    /// What each row has besides where it is written as an object, as JSON; empty where none has.
    package var members: [[(name: String, json: [UInt8])]] = []

    package init(columns: [ReportDefinition.Column], rows: [[ReportValue]]) {
        self.columns = columns
        self.rows = rows
    }

    /// Appends row `index` as a JSON object.
    package func appendObject(_ index: Int, to json: inout [UInt8]) {
        var object = JSONObjectWriter(&json)
        for (column, value) in zip(columns, rows[index]) {
            object.add(column.name, to: &json) { value.appendJSON(to: &$0) }
        }
        if members.indices.contains(index) {
            for member in members[index] { object.add(member.name, to: &json) { $0 += member.json } }
        }
        object.end(&json)
    }

    /// The rows as JSON objects, one a line.
    package var ndjson: [UInt8] {
        var json: [UInt8] = []
        for index in rows.indices {
            appendObject(index, to: &json)
            json.append(UInt8(ascii: "\n"))
        }
        return json
    }
}

extension Report {
    /// The answer as columns and rows.
    package var table: DataTable {
        DataTable(columns: definition.columns, rows: rows)
    }
}
