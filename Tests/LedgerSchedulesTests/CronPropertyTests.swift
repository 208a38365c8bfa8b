import Foundation
import LedgerSchedules
import Testing
import WorkflowEvents

@Suite("Cron expressions against a naive scan")
struct CronPropertyTests {
    @Test(
        "What comes due is what a look at every minute finds",
        arguments: [
            ("UTC", "2026-02-27T00:00:00Z"), ("UTC", "2027-12-30T00:00:00Z"),
            ("Europe/Zurich", "2026-03-27T12:00:00Z"), ("Europe/Zurich", "2026-10-23T12:00:00Z"),
            ("America/New_York", "2026-03-06T12:00:00Z"), ("America/New_York", "2026-10-30T12:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-03T00:00:00Z"), ("Australia/Lord_Howe", "2026-10-02T00:00:00Z"),
            ("America/Havana", "2026-03-06T12:00:00Z"), ("America/Havana", "2026-10-30T12:00:00Z"),
            ("Asia/Beirut", "2026-03-27T00:00:00Z"), ("Asia/Beirut", "2026-10-23T00:00:00Z"),
            ("Asia/Kathmandu", "1985-12-30T00:00:00Z"), ("Pacific/Apia", "2011-12-28T12:00:00Z"),
            // From 0:01 back to 23:01: a date comes, goes and comes again.
            ("America/St_Johns", "2010-11-05T12:00:00Z"), ("America/St_Johns", "2010-03-12T12:00:00Z"),
        ])
    func scan(_ name: String, _ start: String) throws {
        var generator = SeededGenerator(state: 4)
        let clock = MinuteByMinute(zone: zone(name), start: utc(start), days: 4)
        for _ in 0..<60 {
            let expression = RandomExpression(using: &generator)
            let cron = try CronExpression(expression.text)
            let slots = cron.slots(after: clock.start, through: clock.end, in: zone(name))
            #expect(Array(slots) == clock.slots(of: expression), "\(expression.text)")
        }
    }

    @Test("Days come due as a look at every day of six years finds")
    func days() throws {
        var generator = SeededGenerator(state: 5)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let start = utc("2023-12-31T12:00:00Z")
        let days = (0..<2200).map { day in
            let midnight =
                Timestamp(microsecondsSince1970: start.microsecondsSince1970 + 43_200_000_000)
                .microsecondsSince1970 + Int64(day) * 86_400_000_000
            let timestamp = Timestamp(microsecondsSince1970: midnight)
            return (timestamp, calendar.dateComponents([.month, .day, .weekday], from: timestamp.date))
        }
        for _ in 0..<100 {
            var expression = RandomExpression(using: &generator)
            expression.setTime(hour: 0, minute: 0)
            let expected = days.filter { _, day in
                expression.matches(day: day.day ?? 0, month: day.month ?? 0, weekday: (day.weekday ?? 0) - 1)
            }
            guard let cron = try? CronExpression(expression.text) else {
                #expect(expected.isEmpty, "\(expression.text)")
                continue
            }
            let slots = cron.slots(after: start, through: days[2199].0, in: .gmt)
            #expect(Array(slots) == expected.map(\.0), "\(expression.text)")
        }
    }
}
