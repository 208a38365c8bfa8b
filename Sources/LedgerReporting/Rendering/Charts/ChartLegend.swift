/// The names of a chart's lines, each behind a piece of the line with its dashes and its mark.
struct ChartLegend {
    private static let sampleWidth = 28.0
    private static let rowHeight = 20.0

    private let entries: [(name: String, full: String?, x: Double, row: Int)]

    /// A legend of `names` in rows of up to `width` pixels.
    init(_ names: [String], width: Double) {
        var (x, row) = (0.0, 0)
        var entries: [(name: String, full: String?, x: Double, row: Int)] = []
        for full in names {
            let name = ChartText.fitting(full, width: min(220, width - Self.sampleWidth - 8))
            let entryWidth = Self.sampleWidth + 6 + ChartText.width(of: name)
            if x > 0, x + entryWidth > width { (x, row) = (0, row + 1) }
            entries.append((name, name == full ? nil : full, x, row))
            x += entryWidth + 18
        }
        self.entries = entries
    }

    /// In pixels.
    var height: Double { Double((entries.last?.row ?? -1) + 1) * Self.rowHeight }

    /// Draws it at the top of `drawing`.
    func draw(in drawing: inout ChartDrawing) {
        for (index, entry) in entries.enumerated() {
            let y = Double(entry.row) * Self.rowHeight + 10
            drawing.lines.append(
                .init(style: "sample series-\(index)", x1: entry.x, y1: y, x2: entry.x + Self.sampleWidth, y2: y))
            drawing.marks.append(.init(series: index, x: entry.x + Self.sampleWidth / 2, y: y, tip: entry.name))
            drawing.write(entry.name, "label", x: entry.x + Self.sampleWidth + 6, y: y + 4, full: entry.full)
        }
    }
}
