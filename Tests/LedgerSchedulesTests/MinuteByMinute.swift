import Foundation
import WorkflowEvents

/// A few days of a zone, looked at minute by minute: what the clock shows at each.
struct MinuteByMinute {
    private struct Minute {
        var moment: Timestamp
        /// What the clock shows, in minutes since 1970-01-01 00:00 of that clock.
        var shown: Int
    }

    let start: Timestamp
    let end: Timestamp
    /// With a day before `start`, to know what was shown before.
    private let minutes: [Minute]

    init(zone: TimeZone, start: Timestamp, days: Int) {
        let first = Int(start.microsecondsSince1970 / 60_000_000) - 1440
        minutes = (first...first + 1440 * (days + 1)).map { minute in
            let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute * 60)))
            let moment = Timestamp(microsecondsSince1970: Int64(minute) * 60_000_000)
            return Minute(moment: moment, shown: minute + offset / 60)
        }
        self.start = start
        self.end = minutes[minutes.count - 1].moment
    }

    /// The moments after `start` at which `expression` comes due.
    func slots(of expression: RandomExpression) -> [Timestamp] {
        var slots: [Timestamp] = []
        var shownBefore: Set<Int> = []
        var last = minutes[0].shown - 1
        for minute in minutes {
            var isDue = matches(minute.shown, expression)
            if !expression.followsRealTime {
                if shownBefore.contains(minute.shown) { isDue = false }
                if minute.shown > last + 1 {
                    isDue = isDue || (last + 1..<minute.shown).contains { matches($0, expression) }
                }
            }
            if isDue, minute.moment > start { slots.append(minute.moment) }
            shownBefore.insert(minute.shown)
            last = minute.shown
        }
        return slots
    }

    private func matches(_ shown: Int, _ expression: RandomExpression) -> Bool {
        guard expression.matches(hour: shown / 60 % 24, minute: shown % 60) else { return false }
        let days = shown / 1440
        let date = Timestamp.civil(daysSince1970: days)
        return expression.matches(day: date.day, month: date.month, weekday: (days + 4) % 7)
    }
}
