extension DataTable {
    /// The table for a terminal `width` columns wide, or as wide as it needs where that is `nil`.
    ///
    /// Numbers are right-aligned; texts are shortened, the longest first, until the table fits.
    package func text(width: Int?, bold: (String) -> String = { $0 }) -> String {
        if rows.isEmpty { return "(no rows)\n" }
        let header = columns.map { $0.name }
        let cells = displayCells
        var widths = header.indices.map { index in
            max(header[index].count, cells.map { $0[index].count }.max() ?? 0)
        }
        if let width { shrink(&widths, to: width) }
        var text = bold(line(header, widths)) + "\n"
        text += line(widths.map { String(repeating: "─", count: $0) }, widths) + "\n"
        for row in cells { text += line(row, widths) + "\n" }
        return text
    }

    /// The cells as people read them, each on one line; times say that they are UTC.
    var displayCells: [[String]] {
        let formats = ColumnFormat.formats(of: self, groupsDigits: false)
        return rows.map { row in
            zip(formats, row).map { format, value in
                if case .timestamp = value { format.text(value) + "Z" } else { format.text(value).displayable }
            }
        }
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
            if index > 0 { line += Self.gap }
            let isLast = index == cells.count - 1
            line += columns[index].type.isNumeric ? padding + fitting : fitting + (isLast ? "" : padding)
        }
        return line
    }
}
