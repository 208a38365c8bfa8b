/// A cron expression made at random, with the numbers it allows as its maker knows them.
struct RandomExpression {
    private var fields: [(text: String, values: Set<Int>)]

    init(using generator: inout some RandomNumberGenerator) {
        // Mostly all months, else nothing would come due within a few days.
        let month = Int.random(in: 0..<4, using: &generator) > 0
        fields = [
            Self.field(0...59, using: &generator), Self.field(0...23, using: &generator),
            Self.field(1...31, using: &generator),
            month ? ("*", Set(1...12)) : Self.field(1...12, using: &generator),
            Self.field(0...6, using: &generator),
        ]
        // A day that there is in every month.
        if !fields[2].values.contains(where: { $0 <= 28 }) { fields[2] = ("*", Set(1...31)) }
    }

    var text: String { fields.map(\.text).joined(separator: " ") }

    var followsRealTime: Bool { fields[0].text.hasPrefix("*") || fields[1].text.hasPrefix("*") }

    mutating func setTime(hour: Int, minute: Int) {
        fields[0] = (String(minute), [minute])
        fields[1] = (String(hour), [hour])
    }

    func matches(hour: Int, minute: Int) -> Bool {
        fields[0].values.contains(minute) && fields[1].values.contains(hour)
    }

    func matches(day: Int, month: Int, weekday: Int) -> Bool {
        guard fields[3].values.contains(month) else { return false }
        let inMonth = fields[2].values.contains(day)
        let inWeek = fields[4].values.contains(weekday)
        let both = fields[2].text.hasPrefix("*") || fields[4].text.hasPrefix("*")
        return both ? inMonth && inWeek : inMonth || inWeek
    }

    private static func field(
        _ range: ClosedRange<Int>, using generator: inout some RandomNumberGenerator
    ) -> (text: String, values: Set<Int>) {
        let first = Int.random(in: range, using: &generator)
        let last = Int.random(in: first...range.upperBound, using: &generator)
        let step = Int.random(in: 1...max(1, range.upperBound / 2), using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: return ("\(first)", [first])
        case 1: return ("\(first)-\(last)", Set(first...last))
        case 2: return ("\(first)-\(last)/\(step)", Set(stride(from: first, through: last, by: step)))
        case 3: return ("*/\(step)", Set(stride(from: range.lowerBound, through: range.upperBound, by: step)))
        case 4: return ("\(first),\(last)", [first, last])
        case 5: return ("\(first)/\(step)", Set(stride(from: first, through: range.upperBound, by: step)))
        default: return ("*", Set(range))
        }
    }
}
