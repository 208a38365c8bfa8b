import WorkflowEvents

extension DataTable {
    /// The table as CSV (RFC 4180): a header line, CR LF line ends, quotes where they are needed.
    ///
    /// Lists are JSON arrays. A text that a spreadsheet would take for a formula, by itself or as an element of a list,
    /// begins with an apostrophe instead; numbers are numbers, negative ones too.
    package var csv: [UInt8] {
        var csv: [UInt8] = []
        appendLine(columns.map(\.name), to: &csv)
        for row in rows { appendLine(row.map(Self.cell), to: &csv) }
        return csv
    }

    private func appendLine(_ cells: [String], to csv: inout [UInt8]) {
        csv += cells.map(Self.quoted).joined(separator: ",").utf8
        csv += "\r\n".utf8
    }

    private static func cell(_ value: ReportValue) -> String {
        switch value {
        case .null: ""
        case .text(let text): text.spreadsheetSafe
        case .texts(let texts): json(.texts(texts.map(\.spreadsheetSafe)))
        case .timestamp(let time): time.rfc3339
        case .duration(let span): span.text
        case .integer, .boolean: json(value)
        case .number(let number): number.isFinite ? json(value) : ""
        }
    }

    private static func json(_ value: ReportValue) -> String {
        var json: [UInt8] = []
        value.appendJSON(to: &json)
        return String(decoding: json, as: UTF8.self)
    }

    private static func quoted(_ cell: String) -> String {
        // Semicolons and tabs separate cells too where a spreadsheet is set to it, and what follows would start a cell.
        guard cell.utf8.contains(where: { ",;\t\"\r\n".utf8.contains($0) }) else { return cell }
        // By scalars: as a character, a quote with a combining mark behind it is no quote.
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        return String(quoted) + "\""
    }
}
