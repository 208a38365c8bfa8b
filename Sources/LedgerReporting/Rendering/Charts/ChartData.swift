/// What a chart shows: the numbers of one column over the values of another.
package struct ChartData: Sendable {
    /// One number and what it belongs to.
    package struct Point: Sendable, Hashable {
        package var category: ReportValue
        /// The value of the series column; `nil` where the chart has none.
        package var series: ReportValue?
        /// `nil` where the row has no number.
        package var value: Double?
    }

    package let kind: ReportDefinition.Chart.Kind
    package let categoryColumn: ReportDefinition.Column
    package let valueColumn: ReportDefinition.Column
    package let seriesColumn: ReportDefinition.Column?
    /// One a row, in the order of the rows.
    package let points: [Point]

    /// The data of the chart that `report` asks for; `nil` where it asks for none, has no rows, or its header names a
    /// column that is not there.
    package init?(_ report: Report) {
        let columns = report.definition.columns
        guard let chart = report.definition.chart, !report.rows.isEmpty,
            let category = columns.firstIndex(where: { $0.name == chart.category }),
            let value = columns.firstIndex(where: { $0.name == chart.value })
        else { return nil }
        let series = chart.series.flatMap { name in columns.firstIndex { $0.name == name } }
        self.kind = chart.kind
        self.categoryColumn = columns[category]
        self.valueColumn = columns[value]
        self.seriesColumn = series.map { columns[$0] }
        self.points = report.rows.map { row in
            Point(category: row[category], series: series.map { row[$0] }, value: row[value].chartValue)
        }
    }

    /// The numbers that there are.
    package var values: [Double] { points.compactMap(\.value) }

    /// How `value`, a category or the value of a series, is written on a chart.
    package static func label(_ value: ReportValue) -> String {
        switch value {
        case .null: ColumnFormat.nothing
        case .text(let text): text.displayable
        case .texts(let texts): texts.joined(separator: "; ").displayable
        case .integer(let number): DecimalText.grouped(String(number))
        case .number(let number): ReportValue.shortest(number)
        case .boolean(let flag): String(flag)
        case .duration(let span): span.text
        case .timestamp(let time): time.displayText
        }
    }
}

extension ReportValue {
    /// The number that a chart draws for it; `nil` where there is none.
    var chartValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number.isFinite ? number : nil
        default: nil
        }
    }
}
