import Foundation
import LedgerSchedules
import Testing

@Suite("Cron expressions, read")
struct CronParsingTests {
    @Test(
        "Two ways to write one expression come due at the same moments",
        arguments: [
            ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@Weekly", "0 0 * * SUN"),
            ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 JAN *"),
            ("0 0 * * 7", "0 0 * * 0"), ("0 0 * * mon-Fri", "0 0 * * 1-5"), ("0 0 * * FRI-SUN", "0 0 * * 5,6,0"),
            ("0 0 * * 5-7", "0 0 * * FRI,SAT,SUN"), ("0 0 * * 3/2", "0 0 * * WED,FRI"), ("0 0 * * 0-7", "0 0 * * *"),
            ("0 0 1 feb-apr *", "0 0 1 2,3,4 *"), ("*/20 * * * *", "0,20,40 * * * *"),
            ("10/25 * * * *", "10,35 * * * *"),
            ("1-10/4 5 * * *", "1,5,9 5 * * *"), ("\t 0   5 *  * * ", "0 5 * * *"), ("5,5,05 0 * * *", "5 0 * * *"),
            ("0 8-18/5,20 * * *", "0 8,13,18,20 * * *"),
        ])
    func equivalent(_ one: String, _ other: String) throws {
        let start = utc("2026-01-31T23:30:00Z")
        let end = utc("2027-03-02T00:00:00Z")
        let first = try CronExpression(one).slots(after: start, through: end, in: .gmt)
        let second = try CronExpression(other).slots(after: start, through: end, in: .gmt)
        #expect(Array(first) == Array(second))
    }

    @Test(
        "A mistake is named with its field, what is wrong and what is allowed",
        arguments: [
            ("60 * * * *", "minute: `60` is not allowed; allowed is 0–59"),
            ("* 24 * * *", "hour: `24` is not allowed; allowed is 0–23"),
            ("* * 0 * *", "day of month: `0` is not allowed; allowed is 1–31"),
            ("* * * 13 *", "month: `13` is not allowed; allowed is 1–12 or JAN–DEC"),
            ("* * * * 8", "day of week: `8` is not allowed; allowed is 0–7 or SUN–SAT"),
            ("* * * * MONDAY", "day of week: `MONDAY` is not allowed; allowed is 0–7 or SUN–SAT"),
            ("* MON * * *", "hour: `MON` is not allowed; allowed is 0–23"),
            ("-1 * * * *", "minute: `` is not allowed; allowed is 0–59"),
            ("+1 * * * *", "minute: `+1` is not allowed; allowed is 0–59"),
            ("1.5 * * * *", "minute: `1.5` is not allowed; allowed is 0–59"),
            ("99999999999999999999 * * * *", "minute: `99999999999999999999` is not allowed; allowed is 0–59"),
            ("*/0 * * * *", "minute: `0` is no step; allowed is 1–59"),
            ("*/60 * * * *", "minute: `60` is no step; allowed is 1–59"),
            ("*/ * * * *", "minute: `` is no step; allowed is 1–59"),
            ("*/5/5 * * * *", "minute: `*/5/5` has more than one step"),
            ("1-2-3 * * * *", "minute: `1-2-3` is no range; write `1-5`"),
            ("30-10 * * * *", "minute: the range `30-10` runs backwards"),
            ("* * * * SAT-MON", "day of week: the range `SAT-MON` runs backwards"),
            ("1,,2 * * * *", "minute: `1,,2` has an empty item; write a list as `1,2,3`"),
            ("** * * * *", "minute: `**` is not allowed; allowed is 0–59"),
            ("0 0 L * *", "day of month: `L` is not allowed; allowed is 1–31"),
            (
                "@reboot",
                "`@reboot` is unknown; known are @annually, @daily, @hourly, @midnight, @monthly, @weekly, @yearly"
            ),
            (
                "0 0 * *",
                "a cron expression has five fields (minute, hour, day of month, month, day of week), this one has 4"
            ),
            (
                "0 0 0 * * *",
                "a cron expression has five fields (minute, hour, day of month, month, day of week), this one has 6"
            ),
            ("", "a cron expression has five fields (minute, hour, day of month, month, day of week), this one has 0"),
        ])
    func refused(_ text: String, _ reason: String) {
        #expect(message { () throws(ScheduleError) in _ = try CronExpression(text) } == reason)
    }

    @Test(
        "An expression that never comes due is refused",
        arguments: ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 30-31 FEB */2", "0 0 31 4 *"])
    func never(_ text: String) {
        #expect(
            message { () throws(ScheduleError) in _ = try CronExpression(text) }
                == "`\(text)` never comes due: none of its months has such a day of month")
    }

    @Test(
        "A day of the month that only some months have is no mistake",
        arguments: ["0 0 29 2 *", "0 0 31 2,3 *", "0 0 30 2 MON"])
    func sometimes(_ text: String) throws {
        #expect(try CronExpression(text).next(after: utc("2026-01-01T00:00:00Z"), in: .gmt) != nil)
    }

    @Test("An expression has at most 256 bytes and is kept as it was written")
    func text() throws {
        let long = Array(repeating: "1", count: 124).joined(separator: ",")
        #expect(try CronExpression("\(long) * * * *").text == "\(long) * * * *")
        #expect(
            message { () throws(ScheduleError) in _ = try CronExpression("\(long),1 * * * *") }
                == "a cron expression has at most 256 bytes")
    }
}
