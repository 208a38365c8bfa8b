import WorkflowEvents

/// When a schedule comes due: minute, hour, day of month, month and day of week, as in Vixie's cron.
///
/// A field holds `*`, a number, a range `1-5` or a list of these, each with a step if wanted: `*/15`, `1-5/2`, and `10/5`
/// for every fifth number from 10 on. Months and days of the week also have names (`JAN`, `MON`, in any case); Sunday is 0
/// and 7. The nicknames are `@hourly`, `@daily` and `@midnight`, `@weekly`, `@monthly`, `@yearly` and `@annually`.
///
/// **Days.** A day must be in its month and, if both the day of month and the day of week are restricted, be the one *or*
/// the other (POSIX, crontab); a field that begins with `*` restricts nothing by itself, so that `*/2` and `MON` are days
/// that are both (crontab(5) of Vixie's cron).
///
/// **Daylight saving**, also as in Vixie's cron:
/// - An expression whose minute and hour both do not begin with `*` names *fixed times*. One that the clock skips comes due
///   at the first moment after the gap, and several in one gap, or one of theirs and a time that follows the gap at once,
///   come due together, once. One that the clock shows twice comes due the first time only.
/// - An expression whose minute or hour begins with `*` *follows real time*: it comes due at every moment at which the
///   clock shows one of its times, so `0 * * * *` once in every hour that passes, also in the repeated one. What the clock
///   skips does not come due: `*/15 2 * * *` pauses on a day without a second hour.
///
/// `0 2 * * *` in Europe/Zurich, where the clock goes from 2:00 to 3:00 in spring and from 3:00 to 2:00 in autumn, is due at
/// 3:00 on the one day and at the first 2:00 on the other.
package struct CronExpression: Sendable, Hashable, CustomStringConvertible {
    /// The expression as it was written.
    package let text: String
    let minutes: CronValues
    let hours: CronValues
    let daysOfMonth: CronValues
    let months: CronValues
    /// Sunday is 0, and there is no 7.
    let daysOfWeek: CronValues
    /// Whether a day of the month or a day of the week is enough; else a day must be both.
    let matchesEitherDay: Bool
    /// Whether it comes due whenever the clock shows one of its times, instead of once for each of its times.
    let followsRealTime: Bool

    /// Reads an expression of five fields, or a nickname.
    ///
    /// - Parameter text: At most 256 bytes; fields are divided by spaces or tabs.
    /// - Throws: ``ScheduleError`` `badCron` that says which field is wrong and what is allowed, or that no day is ever due,
    ///   such as 30 February.
    package init(_ text: String) throws(ScheduleError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw ScheduleError(.badCron, "a cron expression has at most \(Self.maximumBytes) bytes")
        }
        let fields = try Self.fields(text)
        self.text = text
        self.minutes = try CronField.minute.values(fields[0])
        self.hours = try CronField.hour.values(fields[1])
        self.daysOfMonth = try CronField.dayOfMonth.values(fields[2])
        self.months = try CronField.month.values(fields[3])
        self.daysOfWeek = try CronField.dayOfWeek.values(fields[4])
        self.matchesEitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
        self.followsRealTime = fields[0].hasPrefix("*") || fields[1].hasPrefix("*")
        guard comesDue else {
            throw ScheduleError(.badCron, "`\(text)` never comes due: none of its months has such a day of month")
        }
    }

    /// The expression as it was written.
    package var description: String { text }

    /// Whether it comes due at most once on a date of the wall clock.
    var isAtMostOnceADay: Bool {
        minutes.count == 1 && hours.count == 1 && !followsRealTime
    }

    private static func fields(_ text: String) throws(ScheduleError) -> [Substring] {
        let fields = text.split { $0 == " " || $0 == "\t" }
        if fields.count == 1, fields[0].hasPrefix("@") {
            guard let expansion = nicknames.first(where: { fields[0].spells($0.key) })?.value else {
                let known = nicknames.keys.sorted().joined(separator: ", ")
                throw ScheduleError(.badCron, "`\(fields[0])` is unknown; known are \(known)")
            }
            return expansion.split(separator: " ")
        }
        guard fields.count == CronField.allCases.count else {
            let names = CronField.allCases.map(\.rawValue).joined(separator: ", ")
            throw ScheduleError(.badCron, "a cron expression has five fields (\(names)), this one has \(fields.count)")
        }
        return fields
    }

    /// Every day of the week falls on every day of the year in some year, so days of the week exclude nothing for ever.
    private var comesDue: Bool {
        if matchesEitherDay { return true }
        // A leap year, for 29 February.
        return (1...12).contains { month in
            guard months.contains(month), let day = daysOfMonth.first(from: 1) else { return false }
            return day <= Timestamp.dayCount(ofMonth: month, year: 2000)
        }
    }

    private static let maximumBytes = 256
    private static let nicknames = [
        "@hourly": "0 * * * *",
        "@daily": "0 0 * * *",
        "@midnight": "0 0 * * *",
        "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *",
        "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
    ]
}
