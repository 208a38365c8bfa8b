import WorkflowEvents

extension DataTable {
    /// The table for a terminal `width` columns wide, or as wide as it needs where that is `nil`.
    ///
    /// Numbers are right-aligned; texts are shortened, the longest first, until the table fits.
    package func text(width: Int?, bold: (String) -> String = { $0 }) -> String {
        if rows.isEmpty { return "(no rows)\n" }
        let header = columns.map { $0.name }
        let cells = rows.map { row in zip(columns, row).map { Self.cell($1, of: $0) } }
        var widths = header.indices.map { index in
            max(header[index].count, cells.map { $0[index].count }.max() ?? 0)
        }
        if let width { shrink(&widths, to: width) }
        var text = bold(line(header, widths)) + "\n"
        text += line(widths.map { String(repeating: "─", count: $0) }, widths) + "\n"
        for row in cells { text += line(row, widths) + "\n" }
        return text
    }

    private static let gap = "  "
    private static let minimumTextWidth = 8

    private func shrink(_ widths: inout [Int], to width: Int) {
        let isText = columns.map { $0.type == .text || $0.type == .texts }
        while widths.reduce(0, +) + Self.gap.count * (widths.count - 1) > width {
            let candidates = widths.indices.filter { isText[$0] && widths[$0] > Self.minimumTextWidth }
            guard let longest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[longest] -= 1
        }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let fitting = cell.count > widths[index] ? cell.prefix(widths[index] - 1) + "…" : cell[...]
            let padding = String(repeating: " ", count: widths[index] - fitting.count)
            let isNumber = columns[index].type == .integer || columns[index].type == .number
            if index > 0 { line += Self.gap }
            line += isNumber ? padding + fitting : fitting + (index == cells.count - 1 ? "" : padding)
        }
        return line
    }

    private static func cell(_ value: ReportValue, of column: ReportDefinition.Column) -> String {
        switch value {
        case .null: "–"
        case .text(let text): printable(text)
        case .texts(let texts): printable(texts.joined(separator: "; "))
        case .integer(let number): String(number)
        case .boolean(let flag): String(flag)
        case .duration(let span): span.text
        case .number(let number): column.unit == "ratio" ? decimal(number * 100) + " %" : decimal(number)
        case .timestamp(let time):
            // Whole seconds of UTC: `2025-11-18 12:00:00Z`.
            String(time.rfc3339.prefix(19)).split(separator: "T").joined(separator: " ") + "Z"
        }
    }

    /// `text` on one line, without what a terminal would take for a command.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { Self.isDisplayable($0) ? $0 : " " }))
    }

    private static func isDisplayable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        // What turns the direction of writing could make one text look like another.
        default: !scalar.properties.isBidiControl
        }
    }

    private static func decimal(_ number: Double) -> String {
        guard abs(number) < 1e15 else { return ReportValue.shortest(number) }
        let tenths = Int64((number * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}
