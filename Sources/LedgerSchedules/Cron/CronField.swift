/// A field of a cron expression: what it counts and what it may hold.
enum CronField: String, Sendable, CaseIterable {
    case minute
    case hour
    case dayOfMonth = "day of month"
    case month
    case dayOfWeek = "day of week"

    /// The numbers that may stand in the field.
    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// What `*` stands for, and where a step without an end stops: the range without the second Sunday.
    var wholeRange: ClosedRange<Int> {
        self == .dayOfWeek ? 0...6 : range
    }

    /// Names for the numbers from the least of the range on, in capitals.
    var names: [String] {
        switch self {
        case .minute, .hour, .dayOfMonth: []
        case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        }
    }

    /// What may stand in the field, for messages.
    var allowed: String {
        let numbers = "\(range.lowerBound)–\(range.upperBound)"
        guard let first = names.first, let last = names.last else { return numbers }
        return "\(numbers) or \(first)–\(last)"
    }
}
