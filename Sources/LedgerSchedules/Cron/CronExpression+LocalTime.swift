import WorkflowEvents

/// Which times of a wall clock an expression names, whatever the zone. Local times are seconds since 1970-01-01 00:00 of the
/// same clock.
extension CronExpression {
    /// The first of the expression's times that is not before `start`; `nil` beyond the year 9999.
    func localTime(from start: Int) -> Int? {
        let (day, second) = Timestamp.flooredDivision(start, secondsPerDay)
        if let today = self.day(from: day), today == day, let minute = minuteOfDay(from: (second + 59) / 60) {
            return day * secondsPerDay + minute * 60
        }
        guard let next = self.day(from: day + 1), let minute = minuteOfDay(from: 0) else { return nil }
        return next * secondsPerDay + minute * 60
    }

    private func minuteOfDay(from minuteOfDay: Int) -> Int? {
        let (hour, minute) = minuteOfDay.quotientAndRemainder(dividingBy: 60)
        if hours.contains(hour), let later = minutes.first(from: minute) { return hour * 60 + later }
        guard let nextHour = hours.first(from: hour + 1), let first = minutes.first(from: 0) else { return nil }
        return nextHour * 60 + first
    }

    /// The first day of the expression that is not before `day`, both in days since 1970-01-01.
    private func day(from day: Int) -> Int? {
        var (year, month, first) = Timestamp.civil(daysSince1970: day)
        while year <= 9999 {
            if months.contains(month), let match = self.day(from: first, month: month, year: year) { return match }
            first = 1
            month += 1
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        return nil
    }

    private func day(from first: Int, month: Int, year: Int) -> Int? {
        let beforeMonth = Timestamp.daysSince1970(year: year, month: month, day: 1) - 1
        for day in first...Timestamp.dayCount(ofMonth: month, year: year) {
            // 1970-01-01 was a Thursday.
            let dayOfWeek = Timestamp.flooredDivision(beforeMonth + day + 4, 7).remainder
            let inMonth = daysOfMonth.contains(day)
            let inWeek = daysOfWeek.contains(dayOfWeek)
            if matchesEitherDay ? inMonth || inWeek : inMonth && inWeek { return beforeMonth + day }
        }
        return nil
    }
}

private let secondsPerDay = 86_400
