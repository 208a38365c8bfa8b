import Foundation
import LedgerSchedules
import Testing
import WorkflowEvents

@Suite("Windows")
struct ReportWindowTests {
    @Test(
        "A window is resolved at its slot",
        arguments: [
            // A Friday, 6:00 in Zurich.
            ("last 90m", "2026-11-27T03:30:00Z", "2026-11-27T05:00:00Z"),
            ("last 24h", "2026-11-26T05:00:00Z", "2026-11-27T05:00:00Z"),
            ("last 7d", "2026-11-20T05:00:00Z", "2026-11-27T05:00:00Z"),
            ("last 2w", "2026-11-13T05:00:00Z", "2026-11-27T05:00:00Z"),
            ("today", "2026-11-26T23:00:00Z", "2026-11-27T05:00:00Z"),
            ("yesterday", "2026-11-25T23:00:00Z", "2026-11-26T23:00:00Z"),
            ("this week", "2026-11-22T23:00:00Z", "2026-11-27T05:00:00Z"),
            ("week to date", "2026-11-22T23:00:00Z", "2026-11-27T05:00:00Z"),
            ("last week", "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z"),
            ("month to date", "2026-10-31T23:00:00Z", "2026-11-27T05:00:00Z"),
            // With the day of 25 hours.
            ("last month", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"),
            ("quarter to date", "2026-09-30T22:00:00Z", "2026-11-27T05:00:00Z"),
            ("last quarter", "2026-06-30T22:00:00Z", "2026-09-30T22:00:00Z"),
            ("year to date", "2025-12-31T23:00:00Z", "2026-11-27T05:00:00Z"),
            ("last year", "2024-12-31T23:00:00Z", "2025-12-31T23:00:00Z"),
        ])
    func bounds(_ text: String, _ since: String, _ until: String) throws {
        let bounds = try ReportWindow(text).bounds(at: utc("2026-11-27T05:00:00Z"), in: zone("Europe/Zurich"))
        #expect(bounds == .init(since: utc(since), until: utc(until)))
    }

    @Test("All has no ends")
    func all() throws {
        let bounds = try ReportWindow("all").bounds(at: utc("2026-11-27T05:00:00Z"), in: .gmt)
        #expect(bounds == .init(since: nil, until: nil))
    }

    @Test(
        "A day has as many hours as the clock gives it",
        arguments: [
            ("Europe/Zurich", "2026-03-30T04:00:00Z", 23), ("Europe/Zurich", "2026-10-26T05:00:00Z", 25),
            ("America/New_York", "2026-03-09T12:00:00Z", 23), ("America/New_York", "2026-11-02T12:00:00Z", 25),
            ("America/Havana", "2026-03-09T12:00:00Z", 23), ("America/Havana", "2026-11-02T12:00:00Z", 25),
            ("Asia/Beirut", "2026-03-30T04:00:00Z", 23), ("Asia/Beirut", "2026-10-25T05:00:00Z", 25),
            ("Asia/Kathmandu", "2026-03-30T04:00:00Z", 24),
        ])
    func hours(_ name: String, _ slot: String, _ hours: Int64) throws {
        let bounds = try ReportWindow("yesterday").bounds(at: utc(slot), in: zone(name))
        let since = try #require(bounds.since)
        let until = try #require(bounds.until)
        #expect(until.microsecondsSince1970 - since.microsecondsSince1970 == hours * 3_600_000_000)
    }

    @Test("Weeks, quarters and years are found across their edges")
    func edges() throws {
        // A Sunday, a Monday, and the first days of a quarter and a year.
        func since(_ text: String, _ slot: String) throws -> Timestamp? {
            try ReportWindow(text).bounds(at: utc(slot), in: .gmt).since
        }
        #expect(try since("this week", "2026-11-29T23:59:59Z") == utc("2026-11-23T00:00:00Z"))
        #expect(try since("this week", "2026-11-30T00:00:00Z") == utc("2026-11-30T00:00:00Z"))
        #expect(try since("last week", "2026-01-01T00:00:00Z") == utc("2025-12-22T00:00:00Z"))
        #expect(try since("last quarter", "2026-01-01T00:00:00Z") == utc("2025-10-01T00:00:00Z"))
        #expect(try since("last month", "2024-03-31T00:00:00Z") == utc("2024-02-01T00:00:00Z"))
        #expect(try since("last year", "1970-06-01T00:00:00Z") == utc("1969-01-01T00:00:00Z"))
        #expect(try since("yesterday", "1970-01-01T00:00:00Z") == utc("1969-12-31T00:00:00Z"))
    }

    @Test("A window to date is empty at its beginning")
    func empty() throws {
        let midnight = utc("2026-11-27T00:00:00Z")
        #expect(try ReportWindow("today").bounds(at: midnight, in: .gmt) == .init(since: midnight, until: midnight))
    }

    @Test("Case and spaces do not matter, and a window is written in one way")
    func text() throws {
        #expect(try ReportWindow("  Last   24H ").text == "last 24h")
        #expect(try ReportWindow("THIS WEEK") == ReportWindow("week to date"))
        for text in [
            "all", "last 5m", "today", "yesterday", "week to date", "last week", "quarter to date", "last year",
        ] {
            #expect(try ReportWindow(text).text == text)
        }
    }

    @Test(
        "What is no window is refused",
        arguments: [
            "", "last", "last h", "last 0h", "last -1h", "last +1h", "last 24", "last 24 h", "last 5y", "tomorrow",
            "last 1.5h", "next week", "last day", "last 99999999999999999999h", "last 36501d", "day to date",
        ])
    func refused(_ text: String) throws {
        let error = try #require(throws: ScheduleError.self) { try ReportWindow(text) }
        #expect(error.code == .badWindow)
        #expect(error.message.hasPrefix("`\(text)` is "))
    }

    @Test("The longest window is a hundred years")
    func longest() throws {
        #expect(try ReportWindow("last 36500d").bounds(at: utc("0000-01-01T00:00:00Z"), in: .gmt).until != nil)
        #expect(
            message { () throws(ScheduleError) in _ = try ReportWindow("last 36501d") }
                == "`last 36501d` is out of range; allowed is last 1d to last 36500d")
    }
}
