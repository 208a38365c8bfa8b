import WorkflowEvents

/// The ticks of an axis of time, at round moments of UTC.
enum TimeTicks {
    /// What lies between two ticks.
    private enum Step {
        case seconds(Int)
        case months(Int)

        /// About how many seconds it takes.
        var seconds: Int {
            switch self {
            case .seconds(let count): count
            case .months(let count): count * 2_629_746
            }
        }
    }

    private static let steps: [Step] =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200].map(Step.seconds)
        + [1, 2, 7, 14].map { .seconds($0 * secondsPerDay) }
        + [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 24_000].map(Step.months)
    private static let secondsPerDay = 86_400

    /// At most `maximumCount` ticks, at least 2, within `range`: at round moments where there are two, else at its
    /// ends.
    static func ticks(_ range: ClosedRange<Timestamp>, maximumCount: Int) -> [HorizontalAxis.Tick] {
        let extent = seconds(range.upperBound) - seconds(range.lowerBound)
        let step = steps.first { extent / $0.seconds < maximumCount } ?? .months(24_000)
        var moments: [Int] =
            switch step {
            case .seconds(let count): seconds(range, every: count)
            case .months(let count): months(range, every: count)
            }
        if moments.count < 2 { return ends(of: range) }
        moments = Array(moments.prefix(maximumCount))
        var previous: String?
        return moments.map { moment in
            let (label, context) = texts(of: moment, step)
            defer { previous = context }
            return HorizontalAxis.Tick(
                fraction: fraction(of: Double(moment) * 1_000_000, in: range), label: label,
                context: context == previous ? nil : context)
        }
    }

    private static func ends(of range: ClosedRange<Timestamp>) -> [HorizontalAxis.Tick] {
        let (first, last) = (seconds(range.lowerBound), seconds(range.upperBound))
        let step = Step.seconds(last - first >= 2 * secondsPerDay ? secondsPerDay : 1)
        func tick(_ fraction: Double, _ second: Int) -> HorizontalAxis.Tick {
            let (label, context) = texts(of: second, step)
            return HorizontalAxis.Tick(fraction: fraction, label: label, context: context)
        }
        return range.lowerBound == range.upperBound ? [tick(0.5, first)] : [tick(0, first), tick(1, last)]
    }

    private static func fraction(of microseconds: Double, in range: ClosedRange<Timestamp>) -> Double {
        let lower = Double(range.lowerBound.microsecondsSince1970)
        return (microseconds - lower) / (Double(range.upperBound.microsecondsSince1970) - lower)
    }

    /// The second that `time` lies in.
    private static func seconds(_ time: Timestamp) -> Int {
        Int((Double(time.microsecondsSince1970) / 1_000_000).rounded(.down))
    }

    private static func seconds(_ range: ClosedRange<Timestamp>, every count: Int) -> [Int] {
        // Weeks begin on Monday; 1970 began on a Thursday.
        let origin = count.isMultiple(of: 7 * secondsPerDay) ? 4 * secondsPerDay : 0
        let lower = Double(range.lowerBound.microsecondsSince1970) / 1_000_000 - Double(origin)
        let first = Int((lower / Double(count)).rounded(.up)) * count + origin
        return Array(stride(from: first, through: seconds(range.upperBound), by: count))
    }

    private static func months(_ range: ClosedRange<Timestamp>, every count: Int) -> [Int] {
        let first = Timestamp.civil(daysSince1970: day(of: seconds(range.lowerBound)))
        var month = (first.year * 12 + first.month - 1) / count * count
        var moments: [Int] = []
        while true {
            let start = Timestamp.daysSince1970(year: month / 12, month: month % 12 + 1, day: 1) * secondsPerDay
            if start > seconds(range.upperBound) { return moments }
            if Double(start) * 1_000_000 >= Double(range.lowerBound.microsecondsSince1970) { moments.append(start) }
            month += count
        }
    }

    private static func day(of second: Int) -> Int {
        Int((Double(second) / Double(secondsPerDay)).rounded(.down))
    }

    /// What a tick at `second` says, and what is the same for its neighbours.
    private static func texts(of second: Int, _ step: Step) -> (label: String, context: String) {
        let day = day(of: second)
        let date = Timestamp.civil(daysSince1970: day)
        let month = monthNames[date.month - 1]
        switch step {
        case .seconds(let count) where count < secondsPerDay:
            let ofDay = second - day * secondsPerDay
            let clock = "\(twoDigits(ofDay / 3600)):\(twoDigits(ofDay / 60 % 60))"
            let label = count < 60 ? "\(clock):\(twoDigits(ofDay % 60))" : clock
            return (label, "\(date.day) \(month) \(date.year)")
        case .seconds: return ("\(date.day) \(month)", String(date.year))
        case .months(let count) where count < 12: return (month, String(date.year))
        case .months: return (String(date.year), "")
        }
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }

    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
