/// Lines over time, numbers or names: one, or one for each value of the series column.
package struct LineChart: Sendable {
    /// More lines than these could not be told apart, and are not drawn.
    package static let maximumSeriesCount = 8
    /// A line of more points has no marks, or only as many as tell it from others.
    private static let maximumMarkCount = 40
    private static let tellingMarkCount = 12

    /// A line: its name and its points, from left to right.
    package struct Series: Sendable {
        /// `nil` where it is the only one and has no name.
        package var name: String?
        package var points: [ChartData.Point]
    }

    /// In the order in which they first came; where there are too many, those that reach furthest from zero.
    package let series: [Series]
    /// How many lines are left out.
    package let omittedCount: Int
    package let axis: HorizontalAxis
    private let data: ChartData

    /// The lines of `data`.
    package init(_ data: ChartData) {
        var names: [ReportValue?] = []
        var points: [ReportValue?: [ChartData.Point]] = [:]
        for point in data.points {
            if points[point.series] == nil { names.append(point.series) }
            points[point.series, default: []].append(point)
        }
        let reach = points.mapValues { points in points.compactMap(\.value).map(abs).max() ?? -1 }
        let drawn = names.enumerated()
            .sorted { one, other in
                let (first, second) = (reach[one.element] ?? -1, reach[other.element] ?? -1)
                return first == second ? one.offset < other.offset : first > second
            }
            .prefix(Self.maximumSeriesCount).sorted { $0.offset < $1.offset }
        let axis = HorizontalAxis(
            drawn.flatMap { points[$0.element] ?? [] }, of: data.categoryColumn.type)
        self.data = data
        self.omittedCount = names.count - drawn.count
        self.axis = axis
        self.series = drawn.map { _, name in
            Series(name: name.map(ChartData.label), points: Self.ordered(points[name] ?? [], along: axis))
        }
    }

    private static func ordered(_ points: [ChartData.Point], along axis: HorizontalAxis) -> [ChartData.Point] {
        let fractions = axis.fractions(of: points.lazy.map(\.category))
        return points.filter { fractions[$0.category] != nil }.enumerated()
            .sorted { one, other in
                let (first, second) = (fractions[one.element.category] ?? 0, fractions[other.element.category] ?? 0)
                return first == second ? one.offset < other.offset : first < second
            }
            .map(\.element)
    }

    /// The chart for `size`.
    package func drawing(_ size: ChartSize) -> ChartDrawing {
        let values = series.flatMap { $0.points.compactMap(\.value) }
        let scale = ValueScale(values, of: data.valueColumn, tickCount: size == .wide ? 6 : 5)
        let legend = ChartLegend(series.map { $0.name ?? "" }, width: size.width)
        let top = (series.contains { $0.name != nil } ? legend.height + 8 : 0) + 30
        let tickWidth = scale.ticks.map { ChartText.width(of: scale.label(ofTick: $0)) }.max() ?? 0
        let frame = Frame(
            left: tickWidth.rounded(.up) + 8, right: size.width - 20, top: top,
            bottom: top + (size == .wide ? 240 : 200))
        var drawing = ChartDrawing(size, height: frame.bottom + 58)
        if series.contains(where: { $0.name != nil }) { legend.draw(in: &drawing) }
        drawing.write(scale.caption(of: data.valueColumn), "axis", x: 0, y: top - 14)
        addAxes(scale, frame, to: &drawing)
        for index in series.indices { add(index, scale, frame, to: &drawing) }
        return drawing
    }

    private func addAxes(_ scale: ValueScale, _ frame: Frame, to drawing: inout ChartDrawing) {
        for tick in scale.ticks {
            let y = frame.y(scale.fraction(ofTick: tick))
            let style = tick == 0 ? "zero" : "grid"
            drawing.lines.append(.init(style: style, x1: frame.left, y1: y, x2: frame.right, y2: y))
            drawing.write(scale.label(ofTick: tick), "tick", x: frame.left - 8, y: y + 4, .end)
        }
        for tick in axis.ticks(width: frame.right - frame.left) {
            let x = frame.x(tick.fraction)
            drawing.lines.append(.init(style: "zero", x1: x, y1: frame.bottom, x2: x, y2: frame.bottom + 4))
            let (label, y) = (tick.label, frame.bottom + 18)
            drawing.write(
                label, "tick", x: frame.held(x, label, drawing.size), y: y, .middle, full: tick.full)
            if let context = tick.context, !context.isEmpty {
                drawing.write(context, "tick", x: frame.held(x, context, drawing.size), y: y + 15, .middle)
            }
        }
        let name = data.categoryColumn.name + (data.categoryColumn.type == .timestamp ? ", UTC" : "")
        drawing.write(name, "axis", x: frame.right, y: frame.bottom + 52, .end)
    }

    private func add(_ index: Int, _ scale: ValueScale, _ frame: Frame, to drawing: inout ChartDrawing) {
        let points = series[index].points
        let fractions = axis.fractions(of: points.lazy.map(\.category))
        // Where there is no number the line is broken.
        for run in points.split(whereSeparator: { $0.value == nil }) {
            let places = run.map { point in
                (x: frame.x(fractions[point.category] ?? 0), y: frame.y(scale.fraction(of: point.value ?? 0)))
            }
            if places.count > 1 { drawing.curves.append(.init(series: index, points: places)) }
            for (offset, place) in zip(run.indices, places)
            where places.count == 1 || (markStride(points.count).map(offset.isMultiple(of:)) ?? false) {
                let name = series[index].name.map { "\($0), " } ?? ""
                let number = scale.label(of: points[offset].value ?? 0)
                let tip = "\(name)\(ChartData.label(points[offset].category)): \(number)"
                drawing.marks.append(.init(series: index, x: place.x, y: place.y, tip: tip))
            }
        }
    }

    /// Every how-manieth of `count` points has a mark; `nil` where none has.
    private func markStride(_ count: Int) -> Int? {
        if count <= Self.maximumMarkCount { return 1 }
        return series.count == 1 ? nil : count / Self.tellingMarkCount
    }

    /// The room between the axes.
    private struct Frame {
        var left, right, top, bottom: Double

        func x(_ fraction: Double) -> Double { left + fraction * (right - left) }
        func y(_ fraction: Double) -> Double { bottom - fraction * (bottom - top) }

        /// `x`, moved so far that `text` in the middle of it stays within the drawing.
        func held(_ x: Double, _ text: String, _ size: ChartSize) -> Double {
            let half = ChartText.width(of: text) / 2
            return max(half, min(x, size.width - half))
        }
    }
}
