import Foundation

/// A cron expression read in the plainest way, minute by minute: what the ledger's own is compared with.
struct PlainCron {
    private var fields: [Set<Int>] = []
    private var beginsWithStar: [Bool] = []

    private static let ranges = [0...59, 0...23, 1...31, 1...12, 0...7]
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let nicknames = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    /// The expression that `text` is; `nil` if it is none.
    init?(_ text: String) {
        guard text.utf8.count <= 256 else { return nil }
        let whole = text.filter { $0 != " " && $0 != "\t" }
        let isOneWord = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).count == 1
        let words = (isOneWord ? Self.nicknames[whole.lower] ?? text : text)
            .split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard words.count == 5 else { return nil }
        for (index, word) in words.enumerated() {
            guard let values = Self.values(word, field: index) else { return nil }
            fields.append(values)
            beginsWithStar.append(word.first == "*")
        }
    }

    private static func values(_ word: String, field: Int) -> Set<Int>? {
        var values: Set<Int> = []
        for item in word.split(separator: ",", omittingEmptySubsequences: false) {
            guard let numbers = numbers(String(item), field: field) else { return nil }
            values.formUnion(numbers)
        }
        if field == 4, values.remove(7) != nil { values.insert(0) }
        return values
    }

    private static func numbers(_ item: String, field: Int) -> [Int]? {
        let range = ranges[field]
        let greatest = field == 4 ? 6 : range.upperBound
        let halves = item.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard halves.count <= 2 else { return nil }
        var step: Int?
        if halves.count == 2 {
            guard let number = digits(halves[1]), 1...greatest ~= number else { return nil }
            step = number
        }
        if halves[0] == "*" { return Array(stride(from: range.lowerBound, through: greatest, by: step ?? 1)) }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { number(String($0), field) }
        guard ends.count <= 2, let first = ends[0] else { return nil }
        var last = step == nil ? first : max(first, greatest)
        if ends.count == 2 {
            guard let end = ends[1] else { return nil }
            last = end
            // FRI-SUN
            if field == 4, end == 0, first > 0, halves[0].lower.hasSuffix("sun") { last = 7 }
        }
        guard first <= last else { return nil }
        return Array(stride(from: first, through: last, by: step ?? 1))
    }

    private static func number(_ text: String, _ field: Int) -> Int? {
        if field == 3, let index = months.firstIndex(of: text.lower) { return index + 1 }
        if field == 4, let index = weekdays.firstIndex(of: text.lower) { return index }
        guard let number = digits(text), ranges[field] ~= number else { return nil }
        return number
    }

    private static func digits(_ text: String) -> Int? {
        text.unicodeScalars.allSatisfy { "0"..."9" ~= $0 } ? Int(text) : nil
    }

    /// Whether there is a day in some year on which it is due.
    var comesDue: Bool {
        if !beginsWithStar[2], !beginsWithStar[4] { return true }
        let days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return fields[3].contains { month in fields[2].contains { $0 <= days[month - 1] } }
    }

    /// Whether it comes due at `minute`, in minutes since 1970-01-01T00:00Z.
    func isDue(at minute: Int, on clock: PlainClock) -> Bool {
        let shown = clock.shown(at: minute)
        // It comes due at every moment at which the clock shows one of its times.
        if beginsWithStar[0] || beginsWithStar[1] { return matches(shown) }
        // Else for every time once: the first time it is shown or, if it is skipped, behind the gap.
        let before = clock.shown(at: minute - 1)
        if before + 1 < shown, (before + 1..<shown).contains(where: matches) { return true }
        return matches(shown) && !clock.hasShown(shown, before: minute)
    }

    /// Whether it names `shown`, in minutes since 1970-01-01 00:00 of a clock.
    private func matches(_ shown: Int) -> Bool {
        let components = PlainClock.components(shown)
        guard fields[0].contains(components.minute), fields[1].contains(components.hour),
            fields[3].contains(components.month)
        else { return false }
        let inMonth = fields[2].contains(components.day)
        let inWeek = fields[4].contains(components.weekday)
        return beginsWithStar[2] || beginsWithStar[4] ? inMonth && inWeek : inMonth || inWeek
    }
}

extension String {
    /// With the lower case of letters of ASCII, and no others.
    fileprivate var lower: String {
        String(decoding: utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

/// What the clock of a zone shows, in minutes since 1970-01-01 00:00 of that clock.
struct PlainClock {
    private let zone: TimeZone

    init(_ zone: TimeZone) {
        self.zone = zone
    }

    /// What it shows at `minute`, in minutes since 1970-01-01T00:00Z.
    func shown(at minute: Int) -> Int {
        minute + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute * 60))) / 60
    }

    /// Whether it showed the same within the four hours before; no clock has been set back further.
    func hasShown(_ shown: Int, before minute: Int) -> Bool {
        (1...240).contains { self.shown(at: minute - $0) == shown }
    }

    static func components(_ shown: Int) -> (minute: Int, hour: Int, day: Int, month: Int, weekday: Int) {
        let day = shown / 1440
        var (year, dayOfYear) = (1970, day)
        while dayOfYear >= length(ofYear: year) {
            dayOfYear -= length(ofYear: year)
            year += 1
        }
        var month = 1
        while dayOfYear >= length(ofMonth: month, year) {
            dayOfYear -= length(ofMonth: month, year)
            month += 1
        }
        // 1970-01-01 was a Thursday.
        return (shown % 60, shown / 60 % 24, dayOfYear + 1, month, (day + 4) % 7)
    }

    private static func length(ofYear year: Int) -> Int {
        length(ofMonth: 2, year) + 337
    }

    private static func length(ofMonth month: Int, _ year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
