import WorkflowEvents

/// The columns and rows of a page's table, as the template `rows` reads them.
struct HTMLTable {
    /// Texts up to this many characters stay on one line.
    private static let shortTextLength = 28

    private let table: DataTable
    private let kinds: [String]
    private let formats: [ColumnFormat]

    /// The table of `table`.
    init(_ table: DataTable) {
        self.table = table
        self.formats = ColumnFormat.formats(of: table, groupsDigits: true)
        self.kinds = table.columns.enumerated().map { index, column in
            switch column.type {
            case .integer, .number: "number"
            case .timestamp: "time"
            case .boolean, .duration: "short"
            case .text, .texts: Self.isShort(table.rows.lazy.map { $0[index] }) ? "short" : "long"
            }
        }
    }

    /// The headers: `name`, `kind`, and the `unit` where neither the name nor the cells say it.
    var headers: [[String: Any]] {
        zip(table.columns, kinds).map { column, kind in
            let unit = column.type == .timestamp ? "UTC" : column.unit
            let isSaid =
                unit == nil || ["ratio", "ratio-difference"].contains(unit)
                || column.name.hasSuffix("_" + (unit ?? ""))
            return ["name": column.name, "kind": kind, "unit": isSaid ? false : (unit as Any?) ?? false]
        }
    }

    /// The rows.
    var rows: [HTMLRow] {
        table.rows.map { row in HTMLRow(cells: row.indices.map { cell(row[$0], column: $0) }) }
    }

    private func cell(_ value: ReportValue, column: Int) -> HTMLCell {
        let text = formats[column].text(value)
        switch value {
        case .null: return HTMLCell(kind: kinds[column] + " nothing", text: text)
        case .texts(let texts): return HTMLCell(kind: kinds[column], text: "", items: texts)
        case .timestamp(let time): return HTMLCell(kind: kinds[column], text: text, time: time.rfc3339)
        case .text, .integer, .number, .boolean, .duration: return HTMLCell(kind: kinds[column], text: text)
        }
    }

    private static func isShort(_ values: some Sequence<ReportValue>) -> Bool {
        values.allSatisfy { value in
            switch value {
            case .text(let text): text.utf8.count <= shortTextLength && !text.utf8.contains(UInt8(ascii: "\n"))
            case .texts(let texts): texts.allSatisfy { $0.utf8.count <= shortTextLength }
            default: true
            }
        }
    }
}
