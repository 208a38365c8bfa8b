package import WorkflowEvents

/// What runs along a line chart: time, numbers, or names one beside the other.
package enum HorizontalAxis: Sendable {
    /// A tick: where it is, from 0 at the left to 1 at the right, and one or two lines of text.
    package struct Tick: Sendable, Hashable {
        package var fraction: Double
        package var label: String
        /// What has changed since the tick before it: the day or the year.
        package var context: String?
        /// The whole text where ``label`` is shortened.
        package var full: String?
    }

    /// From the first moment to the last.
    case time(ClosedRange<Timestamp>)
    /// From the least number to the greatest.
    case number(ClosedRange<Double>)
    /// Names in the order in which they first came.
    case names([ReportValue])

    /// The axis for `points`, whose categories are of type `type`.
    package init(_ points: [ChartData.Point], of type: ReportType) {
        let times = points.compactMap { point in
            if case .timestamp(let time) = point.category { time } else { nil }
        }
        let numbers = points.compactMap(\.category.chartValue)
        if type == .timestamp, let first = times.min(), let last = times.max() {
            self = .time(first...last)
        } else if type.isNumeric, let first = numbers.min(), let last = numbers.max() {
            self = .number(first...last)
        } else {
            var seen: Set<ReportValue> = []
            self = .names(points.map(\.category).filter { seen.insert($0).inserted })
        }
    }

    /// Where each category lies, from 0 at the left to 1 at the right; those without a place are left out.
    package func fractions(of categories: some Sequence<ReportValue>) -> [ReportValue: Double] {
        var fractions: [ReportValue: Double] = [:]
        switch self {
        case .time(let range):
            let lower = Double(range.lowerBound.microsecondsSince1970)
            let extent = Double(range.upperBound.microsecondsSince1970) - lower
            for case .timestamp(let time) in categories {
                let distance = Double(time.microsecondsSince1970) - lower
                fractions[.timestamp(time)] = extent > 0 ? distance / extent : 0.5
            }
        case .number(let range):
            let halves = range.upperBound / 2 - range.lowerBound / 2
            for category in categories {
                guard let number = category.chartValue else { continue }
                // By halves: the whole extent of two great numbers may be none any more.
                fractions[category] = halves > 0 ? (number / 2 - range.lowerBound / 2) / halves : 0.5
            }
        case .names(let names):
            for (index, name) in names.enumerated() { fractions[name] = (Double(index) + 0.5) / Double(names.count) }
        }
        return fractions
    }

    /// The ticks for an axis `width` pixels wide.
    package func ticks(width: Double) -> [Tick] {
        switch self {
        case .time(let range): TimeTicks.ticks(range, maximumCount: max(2, Int(width / 84)))
        case .number(let range): Self.ticks(range, width)
        case .names(let names): Self.ticks(names, width)
        }
    }

    private static func ticks(_ range: ClosedRange<Double>, _ width: Double) -> [Tick] {
        let (least, greatest) = (range.lowerBound, range.upperBound)
        guard greatest > least, (greatest - least).isFinite else {
            return [Tick(fraction: 0.5, label: ReportValue.shortest(least))]
        }
        let step = ValueScale.roundStep((greatest - least) / max(1, width / 90), isWhole: false)
        let digits = step < 1 ? DecimalText.fractionDigits(of: step, significant: 1) : 0
        let (first, last) = ((least / step).rounded(.up), (greatest / step).rounded(.down))
        return stride(from: first, through: last, by: 1).map { index in
            let label = DecimalText.text(index * step, fractionDigits: digits, groupsDigits: true)
            return Tick(fraction: (index * step - least) / (greatest - least), label: label)
        }
    }

    private static func ticks(_ names: [ReportValue], _ width: Double) -> [Tick] {
        let slot = width / Double(names.count)
        // Only so many names that each has room for a few letters.
        let stride = max(1, Int((64 / slot).rounded(.up)))
        return names.indices.filter { $0.isMultiple(of: stride) }.map { index in
            let name = ChartData.label(names[index])
            let label = ChartText.fitting(name, width: slot * Double(stride) - 8)
            return Tick(
                fraction: (Double(index) + 0.5) / Double(names.count), label: label, full: label == name ? nil : name)
        }
    }
}
