/// Horizontal bars, one a row.
package struct BarChart: Sendable {
    /// More bars than these are not drawn.
    package static let maximumBarCount = 30

    /// A bar's name and number.
    package struct Bar: Sendable, Hashable {
        package var label: String
        package var value: Double?
    }

    /// In the order of the rows; where there are too many, those of the greatest magnitude, greatest first.
    package let bars: [Bar]
    /// How many bars are left out.
    package let omittedCount: Int
    private let column: ReportDefinition.Column

    /// The bars of `data`.
    package init(_ data: ChartData) {
        let bars = data.points.map { point in
            let labels = [point.category] + (point.series.map { [$0] } ?? [])
            return Bar(label: labels.map(ChartData.label).joined(separator: " · "), value: point.value)
        }
        self.column = data.valueColumn
        self.omittedCount = max(0, bars.count - Self.maximumBarCount)
        self.bars = omittedCount == 0 ? bars : Self.greatest(bars)
    }

    private static func greatest(_ bars: [Bar]) -> [Bar] {
        let order = bars.enumerated().sorted { first, second in
            let (one, other) = (first.element.value.map(abs) ?? -1, second.element.value.map(abs) ?? -1)
            return one == other ? first.offset < second.offset : one > other
        }
        return order.prefix(maximumBarCount).map(\.element)
    }

    /// The chart for `size`.
    package func drawing(_ size: ChartSize) -> ChartDrawing {
        let scale = ValueScale(bars.compactMap(\.value), of: column, tickCount: size == .wide ? 6 : 4)
        let layout = Layout(self, scale, size)
        var drawing = ChartDrawing(size, height: layout.bottom + 46)
        for tick in scale.ticks {
            let x = layout.x(scale.fraction(ofTick: tick))
            let style = tick == 0 ? "zero" : "grid"
            drawing.lines.append(.init(style: style, x1: x, y1: 0, x2: x, y2: layout.bottom + 4))
            // At the edge of a phone a label has room on one side alone.
            let anchor: ChartDrawing.Text.Anchor = x < 6 ? .start : .middle
            drawing.write(scale.label(ofTick: tick), "tick", x: x, y: layout.bottom + 19, anchor)
        }
        for (index, bar) in bars.enumerated() { add(bar, index, scale, layout, to: &drawing) }
        drawing.write(scale.caption(of: column), "axis", x: layout.right, y: layout.bottom + 40, .end)
        return drawing
    }

    private func add(
        _ bar: Bar, _ index: Int, _ scale: ValueScale, _ layout: Layout, to drawing: inout ChartDrawing
    ) {
        let top = Layout.top + Double(index) * layout.rowHeight
        let middle = top + layout.barTop + Layout.barHeight / 2
        let zero = layout.x(scale.fraction(of: 0))
        let end = bar.value.map { layout.x(scale.fraction(of: $0)) } ?? zero
        let number = bar.value.map(scale.label(of:)) ?? ColumnFormat.nothing
        let label = ChartText.fitting(bar.label, width: layout.labelWidth)
        let full = label == bar.label ? nil : bar.label
        if layout.isStacked {
            drawing.write(label, "label", x: layout.labelLeft, y: top + 14, full: full)
        } else {
            drawing.write(label, "label", x: layout.labelWidth, y: middle + 4, .end, full: full)
        }
        if bar.value != nil {
            drawing.bars.append(
                .init(
                    x: min(zero, end), y: top + layout.barTop, width: abs(end - zero), height: Layout.barHeight,
                    tip: "\(bar.label): \(number)"))
        }
        let isNegative = end < zero
        drawing.write(
            number, "value", x: isNegative ? end - Layout.gap : end + Layout.gap, y: middle + 4,
            isNegative ? .end : .start)
    }

    /// Where things stand.
    private struct Layout {
        static let top = 4.0
        static let gap = 6.0
        static let barHeight = 14.0
        /// Whether a bar's label stands above it instead of at its left.
        let isStacked: Bool
        let rowHeight: Double
        /// From the top of a row.
        let barTop: Double
        /// Where a label above a bar begins: beside the line at zero, unless there are bars on both sides of it.
        let labelLeft: Double
        let labelWidth: Double
        /// The ends of the axis.
        let left: Double
        let right: Double
        let bottom: Double

        init(_ chart: BarChart, _ scale: ValueScale, _ size: ChartSize) {
            isStacked = size == .narrow
            rowHeight = isStacked ? 42 : 26
            barTop = isStacked ? 21 : 6
            let widest = chart.bars.map { ChartText.width(of: $0.label) }.max() ?? 0
            labelLeft = scale.lower < 0 ? 0 : Self.gap
            labelWidth = isStacked ? size.width - Self.gap : min(widest.rounded(.up), size.width * 0.36)
            // The numbers at the ends of the bars, and the outer halves of the first and the last tick's.
            let ticks = scale.ticks.map { ChartText.width(of: scale.label(ofTick: $0)) / 2 }
            func room(_ values: [Double?], _ tick: Double?) -> Double {
                let numbers = values.map { value in
                    ChartText.width(of: value.map(scale.label(of:)) ?? ColumnFormat.nothing) + Self.gap
                }
                return max(numbers.max() ?? 0, tick ?? 0)
            }
            let (values, edge) = (chart.bars.map(\.value), isStacked ? 1 : labelWidth + 10)
            left = edge + (scale.lower < 0 ? room(values.filter { $0 ?? 0 < 0 }, ticks.first) : 0)
            right = size.width - room(values.filter { $0 ?? 0 >= 0 }, ticks.last)
            bottom = Self.top + Double(chart.bars.count) * rowHeight + 4
        }

        func x(_ fraction: Double) -> Double {
            left + fraction * (right - left)
        }
    }
}
