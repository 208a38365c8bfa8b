import LedgerReporting
import Testing
import WorkflowEvents

@Suite("Charts")
struct ChartTests {
    private static let count = ReportDefinition.Column(name: "n", type: .integer)
    private static let milliseconds = ReportDefinition.Column(name: "mean_ms", type: .number, unit: "ms")
    private static let ratio = ReportDefinition.Column(name: "rate", type: .number, unit: "ratio")

    private func bars(_ values: [ReportValue], unit: String = "", size: ChartSize = .wide) throws -> ChartDrawing {
        let report = try ReportFixtures.report(
            ["node text", "value number \(unit)"], chart: "bar node value",
            rows: values.enumerated().map { [.text("NODE-\($0)"), $1] })
        let data = try #require(ChartData(report))
        return BarChart(data).drawing(size)
    }

    private func lines(_ rows: [[ReportValue]], category: String = "timestamp") throws -> LineChart {
        let report = try ReportFixtures.report(
            ["x \(category)", "node text", "value number"], chart: "line x value node", rows: rows)
        return LineChart(try #require(ChartData(report)))
    }

    private static let scales: [([Double], ReportDefinition.Column, [String])] = [
        ([3, 9], count, ["0", "2", "4", "6", "8", "10"]),
        ([1], count, ["0", "1"]),
        ([0, 0], count, ["0", "1"]),
        ([0.031], ratio, ["0", "1 %", "2 %", "3 %", "4 %"]),
        ([0], ratio, ["0", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        ([-0.4, 0.55], ratio, ["-40 %", "-20 %", "0", "20 %", "40 %", "60 %"]),
        ([400], milliseconds, ["0", "100 ms", "200 ms", "300 ms", "400 ms"]),
        ([68_000], milliseconds, ["0", "20 s", "40 s", "60 s", "80 s"]),
        ([9_000_000], milliseconds, ["0", "0.5 h", "1.0 h", "1.5 h", "2.0 h", "2.5 h"]),
        ([2_500_000], count, ["0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M"]),
        ([4e18], count, ["0", "1e18", "2e18", "3e18", "4e18"]),
    ]

    @Test("Ticks stand at round numbers in a unit that fits", arguments: scales)
    func ticks(values: [Double], column: ReportDefinition.Column, labels: [String]) {
        let scale = ValueScale(values, of: column, tickCount: 6)
        #expect(scale.ticks.map(scale.label(ofTick:)) == labels)
    }

    @Test("A value is written with the decimals of the greatest, or in a unit of its own where it would vanish")
    func valueLabels() {
        let scale = ValueScale([68_123, 830, 4], of: Self.milliseconds, tickCount: 6)
        #expect([68_123, 830, 4, 0].map(scale.label(of:)) == ["68.1 s", "0.8 s", "4.0 ms", "0"])
        #expect(ValueScale([1234, 7], of: Self.count, tickCount: 6).label(of: 1234) == "1,234")
    }

    @Test("A bar is as long as its number is great", arguments: ChartSize.allCases)
    func barLengths(size: ChartSize) throws {
        let drawing = try bars([.number(10), .number(5), .number(0), .null, .number(-5)], size: size)
        let widths = drawing.bars.map(\.width)
        #expect(widths.count == 4)
        #expect(abs(widths[0] - 2 * widths[1]) < 0.001)
        #expect(widths[2] == 0)
        #expect(abs(widths[3] - widths[1]) < 0.001)
        let zero = try #require(drawing.lines.first { $0.style == "zero" }).x1
        #expect(abs(drawing.bars[0].x - zero) < 0.001)
        #expect(abs(drawing.bars[3].x + drawing.bars[3].width - zero) < 0.001)
        #expect(drawing.texts.contains { $0.style == "value" && $0.text == "–" })
    }

    private static let values: [[ReportValue]] = [
        [.number(1)], [.number(0), .number(0)], [.number(-1), .number(-1e9), .null], [.number(1e300), .number(1)],
        [.number(1.7e308), .number(-1.7e308)], [.number(1e-12)], [.integer(.max), .integer(.min)],
        [.number(.infinity), .number(.nan), .number(3)], (0..<500).map { ReportValue.number(Double($0)) },
    ]

    @Test("Nothing is drawn beyond the edges, whatever the numbers", arguments: ChartSize.allCases, values)
    func bounds(size: ChartSize, values: [ReportValue]) throws {
        let line = try lines(values.enumerated().map { [.integer(Int64($0)), .null, $1] }, category: "integer")
        for drawing in [try bars(values, size: size), line.drawing(size)] {
            let (width, height) = (size.width, drawing.height)
            for bar in drawing.bars {
                #expect(bar.x >= 0 && bar.width >= 0 && bar.x + bar.width <= width)
                #expect(bar.y >= 0 && bar.y + bar.height <= height)
            }
            let places = drawing.curves.flatMap(\.points) + drawing.marks.map { (x: $0.x, y: $0.y) }
            for place in places {
                #expect((0...width).contains(place.x) && (0...height).contains(place.y))
            }
            for text in drawing.texts {
                let textWidth = ChartText.width(of: text.text)
                let left =
                    switch text.anchor {
                    case .start: text.x
                    case .middle: text.x - textWidth / 2
                    case .end: text.x - textWidth
                    }
                #expect(left >= -0.5 && left + textWidth <= width + 0.5, "\(text)")
                #expect((0...height).contains(text.y))
            }
        }
    }

    @Test("Long names are shortened, and whole where a pointer rests on them", arguments: ChartSize.allCases)
    func longNames(size: ChartSize) throws {
        let name = String(repeating: "a.long.name.", count: 20)
        let report = try ReportFixtures.report(
            ["node text", "n integer"], chart: "bar node n",
            rows: [[.text(name), .integer(1)], [.text("W"), .integer(2)]])
        let labels = BarChart(try #require(ChartData(report))).drawing(size).texts.filter { $0.style == "label" }
        #expect(labels[0].text.hasSuffix("…"))
        #expect(labels[0].full == name)
        #expect(ChartText.width(of: labels[0].text) <= size.width)
        #expect(labels[1].text == "W")
        #expect(labels[1].full == nil)
    }

    @Test("Of 500 bars the 30 greatest are drawn, and the page says so")
    func manyBars() throws {
        let report = try ReportFixtures.report(
            ["node text", "n integer"], chart: "bar node n",
            rows: (0..<500).map { (index: Int64) in [.text("N\(index)"), .integer(index * 7 % 500)] })
        let chart = BarChart(try #require(ChartData(report)))
        #expect(chart.bars.count == 30)
        #expect(chart.omittedCount == 470)
        #expect(chart.bars.map(\.value) == (470..<500).reversed().map { Double($0) })
        #expect(report.html.contains("The 30 largest of 500 are shown; the table has all of them."))
    }

    @Test("A line is broken where there is no number, and a point alone has a mark")
    func gaps() throws {
        let numbers: [ReportValue] = [.number(1), .number(2), .null, .number(3), .null, .number(4), .number(5)]
        let rows = numbers.enumerated().map { index, number -> [ReportValue] in
            [.timestamp(ReportFixtures.time(Int64(index) * 60)), .null, number]
        }
        let chart = try lines(rows)
        let drawing = chart.drawing(.wide)
        #expect(drawing.curves.map(\.points.count) == [2, 2])
        #expect(drawing.curves[0].points[0].x < drawing.curves[1].points[0].x)
        #expect(drawing.marks.count == 5 + 1)
    }

    @Test("Lines run from left to right whatever the order of the rows")
    func order() throws {
        let rows: [[ReportValue]] = [3, 1, 2].map { (second: Int64) in
            [.timestamp(ReportFixtures.time(second)), .text("A"), .number(Double(second))]
        }
        let chart = try lines(rows)
        #expect(chart.series[0].points.compactMap(\.value) == [1, 2, 3])
    }

    @Test("Of many lines those that reach furthest are drawn, told apart by more than colour")
    func manySeries() throws {
        let rows = (0..<12).flatMap { series in
            (0..<3).map { x -> [ReportValue] in [.integer(Int64(x)), .text("S\(series)"), .number(Double(series))] }
        }
        let chart = try lines(rows, category: "integer")
        #expect(chart.series.map(\.name) == (4..<12).map { "S\($0)" })
        #expect(chart.omittedCount == 4)
        let drawing = chart.drawing(.narrow)
        #expect(drawing.lines.filter { $0.style.hasPrefix("sample series-") }.count == 8)
        #expect(Set(drawing.marks.map(\.series)) == Set(0..<8))
    }

    private static let times: [(Int64, Int64, [String])] = [
        (0, 5 * 86_400, ["18 Nov 2025", "19 Nov", "20 Nov", "21 Nov", "22 Nov", "23 Nov"]),
        (0, 30 * 86_400, ["24 Nov 2025", "1 Dec", "8 Dec", "15 Dec"]),
        (79_200, 93_600, ["22:00 18 Nov 2025", "23:00", "00:00 19 Nov 2025", "01:00", "02:00"]),
        (0, 400 * 86_400, ["Jan 2026", "Mar", "May", "Jul", "Sep", "Nov"]),
        (0, 10, ["00:00:00 18 Nov 2025", "00:00:02", "00:00:04", "00:00:06", "00:00:08", "00:00:10"]),
        (7, 7, ["00:00:07 18 Nov 2025"]),
    ]

    @Test("Ticks of time stand at round moments and say what has changed", arguments: times)
    func timeTicks(first: Int64, last: Int64, labels: [String]) {
        let axis = HorizontalAxis.time(ReportFixtures.time(first)...ReportFixtures.time(last))
        let ticks = axis.ticks(width: 680)
        #expect(ticks.map { [$0.label, $0.context].compactMap(\.self).joined(separator: " ") } == labels)
        #expect(ticks.allSatisfy { (0...1).contains($0.fraction) })
    }

    @Test("A chart is told in words, and without any number says so")
    func words() throws {
        let figure = try #require(ChartFigure(try ReportFixtures.bars()))
        #expect(figure.caption == "rate by node")
        #expect(
            figure.description.hasPrefix("Bar chart, 3 bars. The largest is 12.5 %, LYRICS. The smallest is -5.0 %"))
        #expect(figure.notes == ["1 of 3 rows has no value of rate."])
        let lines = try #require(ChartFigure(try ReportFixtures.lines()))
        #expect(lines.description.hasPrefix("Line chart, 2 lines. The lines are PLAN, FIX. The largest is 7.75 s"))
        let none = try #require(
            ChartFigure(
                try ReportFixtures.report(
                    ["node text", "n integer"], chart: "bar node n", rows: [[.text("A"), .null]])))
        #expect(none.drawings.isEmpty)
        #expect(none.notes == ["There is nothing to draw: no row has a value of n."])
        #expect(ChartFigure(try ReportFixtures.empty()) == nil)
    }
}
