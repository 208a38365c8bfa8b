import LedgerSchedules
import Testing
import WorkflowEvents

@Suite("Daylight saving")
struct DaylightSavingTests {
    /// What comes due in `name` after one moment and up to another.
    private func slots(_ text: String, _ name: String, _ start: String, _ end: String) throws -> [Timestamp] {
        Array(try CronExpression(text).slots(after: utc(start), through: utc(end), in: zone(name)))
    }

    private func slots(_ moments: [String]) -> [Timestamp] {
        moments.map(utc)
    }

    @Test(
        "A fixed time that the clock skips comes due once, at the first moment after the gap",
        arguments: [
            // 2:00 to 3:00 on 29 March.
            (
                "0 2 * * *", "Europe/Zurich", "2026-03-28T00:30:00Z", "2026-03-30T12:00:00Z",
                ["2026-03-28T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]
            ),
            (
                "10,50 2 * * *", "Europe/Zurich", "2026-03-29T00:00:00Z", "2026-03-30T12:00:00Z",
                ["2026-03-29T01:00:00Z", "2026-03-30T00:10:00Z", "2026-03-30T00:50:00Z"]
            ),
            (
                "0,30 2,3 * * *", "Europe/Zurich", "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z",
                ["2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"]
            ),
            // 2:00 to 3:00 on 8 March.
            (
                "30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z",
                ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]
            ),
            // 2:00 to 2:30 on 4 October.
            (
                "15 2 * * *", "Australia/Lord_Howe", "2026-10-02T12:00:00Z", "2026-10-04T20:00:00Z",
                ["2026-10-02T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]
            ),
            // Midnight to 1:00 on 8 March.
            (
                "@daily", "America/Havana", "2026-03-07T00:00:00Z", "2026-03-09T12:00:00Z",
                ["2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"]
            ),
            // Midnight to 1:00 on 29 March.
            (
                "@daily", "Asia/Beirut", "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z",
                ["2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"]
            ),
            // 30 December 2011 was skipped.
            (
                "@daily", "Pacific/Apia", "2011-12-28T12:00:00Z", "2011-12-31T12:00:00Z",
                ["2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"]
            ),
            (
                "0 6 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", "2012-12-01T00:00:00Z",
                ["2011-12-30T10:00:00Z"]
            ),
            // Midnight to 0:15 on 1 January 1986, for good.
            (
                "@yearly", "Asia/Kathmandu", "1984-12-01T00:00:00Z", "1987-01-01T00:00:00Z",
                ["1984-12-31T18:30:00Z", "1985-12-31T18:30:00Z", "1986-12-31T18:15:00Z"]
            ),
        ])
    func skipped(_ text: String, _ name: String, _ start: String, _ end: String, _ expected: [String]) throws {
        #expect(try slots(text, name, start, end) == slots(expected))
    }

    @Test(
        "A fixed time that the clock shows twice comes due the first time only",
        arguments: [
            // 3:00 to 2:00 on 25 October.
            (
                "30 2 * * *", "Europe/Zurich", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z",
                ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
            ),
            (
                "0 2,3 * * *", "Europe/Zurich", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z",
                ["2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"]
            ),
            // 2:00 to 1:00 on 1 November.
            (
                "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z",
                ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]
            ),
            // 2:00 to 1:30 on 5 April.
            (
                "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", "2026-04-05T20:00:00Z",
                ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]
            ),
            // 1:00 to midnight on 1 November.
            (
                "@daily", "America/Havana", "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z",
                ["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"]
            ),
            // Midnight to 23:00 on 24 October.
            (
                "30 23 * * *", "Asia/Beirut", "2026-10-24T12:00:00Z", "2026-10-25T23:00:00Z",
                ["2026-10-24T20:30:00Z", "2026-10-25T21:30:00Z"]
            ),
            (
                "@daily", "Asia/Beirut", "2026-10-24T12:00:00Z", "2026-10-25T23:00:00Z",
                ["2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"]
            ),
        ])
    func repeated(_ text: String, _ name: String, _ start: String, _ end: String, _ expected: [String]) throws {
        #expect(try slots(text, name, start, end) == slots(expected))
    }

    @Test("A start within the repeated hour leaves its fixed times behind")
    func startInRepeatedHour() throws {
        let cron = try CronExpression("30 2 * * *")
        let next = cron.next(after: utc("2026-10-25T01:10:00Z"), in: zone("Europe/Zurich"))
        #expect(next == utc("2026-10-26T01:30:00Z"))
    }

    @Test(
        "An expression for every hour follows the hours that pass",
        arguments: [
            ("Europe/Zurich", "2026-03-28T20:00:00Z"), ("Europe/Zurich", "2026-10-24T20:00:00Z"),
            ("America/New_York", "2026-03-08T00:00:00Z"), ("America/New_York", "2026-11-01T00:00:00Z"),
            ("America/Havana", "2026-03-08T00:00:00Z"), ("America/Havana", "2026-11-01T00:00:00Z"),
            ("Asia/Beirut", "2026-03-28T16:00:00Z"), ("Asia/Beirut", "2026-10-24T16:00:00Z"),
        ])
    func hourly(_ name: String, _ start: String) throws {
        let start = utc(start)
        let hours = (1...12).map {
            Timestamp(microsecondsSince1970: start.microsecondsSince1970 + $0 * 3_600_000_000)
        }
        let hourly = try CronExpression("@hourly")
        #expect(Array(hourly.slots(after: start, through: hours[11], in: zone(name))) == hours)
    }

    @Test(
        "A step through the gap or the repeated hour follows what the clock shows",
        arguments: [
            (
                "*/15 2 * * *", "Europe/Zurich", "2026-03-28T12:00:00Z", "2026-03-30T00:15:00Z",
                ["2026-03-30T00:00:00Z", "2026-03-30T00:15:00Z"]
            ),
            (
                "*/30 2 * * *", "Europe/Zurich", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z",
                ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"]
            ),
            (
                "0 */2 * * *", "Europe/Zurich", "2026-03-28T22:00:00Z", "2026-03-29T04:00:00Z",
                ["2026-03-28T23:00:00Z", "2026-03-29T02:00:00Z", "2026-03-29T04:00:00Z"]
            ),
            // The clock shows no 2:00 in spring and one 2:00 in autumn.
            (
                "0 * * * *", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", "2026-10-03T17:00:00Z",
                ["2026-10-03T14:30:00Z", "2026-10-03T16:00:00Z", "2026-10-03T17:00:00Z"]
            ),
            (
                "*/30 * * * *", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", "2026-04-04T16:00:00Z",
                ["2026-04-04T14:30:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z", "2026-04-04T16:00:00Z"]
            ),
        ])
    func steps(_ text: String, _ name: String, _ start: String, _ end: String, _ expected: [String]) throws {
        #expect(try slots(text, name, start, end) == slots(expected))
    }

    @Test("An offset that is no whole hour moves the slots in UTC")
    func kathmandu() throws {
        let next = try CronExpression("0 6 * * *").next(after: utc("2026-01-01T00:00:00Z"), in: zone("Asia/Kathmandu"))
        #expect(next == utc("2026-01-01T00:15:00Z"))
    }
}
