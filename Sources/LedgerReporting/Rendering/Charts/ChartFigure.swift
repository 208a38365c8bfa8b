/// A chart with what is said about it.
package struct ChartFigure: Sendable {
    /// The title.
    package let caption: String
    /// What the chart shows, in sentences, for those who do not see it.
    package let description: String
    /// What the chart leaves out; empty where it shows everything.
    package let notes: [String]
    /// The chart for each size; empty where no row has a number.
    package let drawings: [ChartDrawing]

    /// The figure that `report` asks for; `nil` where it asks for none or has no rows.
    package init?(_ report: Report) {
        guard let data = ChartData(report) else { return nil }
        let seriesName = data.seriesColumn.map { " and \($0.name)" } ?? ""
        caption = "\(data.valueColumn.name) by \(data.categoryColumn.name)\(seriesName)"
        guard !data.values.isEmpty else {
            notes = ["There is nothing to draw: no row has a value of \(data.valueColumn.name)."]
            description = ""
            drawings = []
            return
        }
        let missing = data.points.count - data.values.count
        let verb = missing == 1 ? "has" : "have"
        let rowCount = DecimalText.grouped(String(data.points.count))
        let missingCount = DecimalText.grouped(String(missing))
        let missingNote = "\(missingCount) of \(rowCount) rows \(verb) no value of \(data.valueColumn.name)."
        let missingNotes = missing == 0 ? [] : [missingNote]
        switch data.kind {
        case .bar:
            let chart = BarChart(data)
            let count = chart.bars.count
            let cut = "The \(count) largest of \(rowCount) are shown; the table has all of them."
            notes = (chart.omittedCount > 0 ? [cut] : []) + missingNotes
            description = Self.summary(of: data, "Bar chart, \(count) \(count == 1 ? "bar" : "bars").", notes)
            drawings = ChartSize.allCases.map(chart.drawing)
        case .line:
            let chart = LineChart(data)
            let count = chart.series.count
            let all = DecimalText.grouped(String(count + chart.omittedCount))
            let cut = "The \(count) lines that reach furthest are shown of \(all); the table has all."
            notes = (chart.omittedCount > 0 ? [cut] : []) + missingNotes
            let names = chart.series.compactMap(\.name)
            let verb = count == 1 ? "The line is" : "The lines are"
            let lines = names.isEmpty ? "" : " \(verb) \(names.joined(separator: ", "))."
            let opening = "Line chart, \(count) \(count == 1 ? "line" : "lines").\(lines)"
            description = Self.summary(of: data, opening, notes)
            drawings = ChartSize.allCases.map(chart.drawing)
        }
    }

    private static func summary(of data: ChartData, _ opening: String, _ notes: [String]) -> String {
        let scale = ValueScale(data.values, of: data.valueColumn, tickCount: 6)
        func sentence(_ kind: String, _ point: ChartData.Point?) -> String? {
            guard let point, let value = point.value else { return nil }
            let names = [point.category] + (point.series.map { [$0] } ?? [])
            return "The \(kind) is \(scale.label(of: value)), \(names.map(ChartData.label).joined(separator: ", "))."
        }
        let points = data.points.filter { $0.value != nil }
        let largest = points.max { ($0.value ?? 0) < ($1.value ?? 0) }
        let smallest = points.min { ($0.value ?? 0) < ($1.value ?? 0) }
        let extremes = [sentence("largest", largest), points.count > 1 ? sentence("smallest", smallest) : nil]
        return ([opening] + extremes.compactMap(\.self) + notes + ["The table below has the numbers."])
            .joined(separator: " ")
    }
}
