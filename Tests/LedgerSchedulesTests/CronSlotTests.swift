import Foundation
import LedgerSchedules
import Testing
import WorkflowEvents

@Suite("Cron expressions, due")
struct CronSlotTests {
    @Test(
        "The next moment is the first after the given one",
        arguments: [
            ("* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"),
            ("* * * * *", "2026-01-01T00:00:59.999999Z", "2026-01-01T00:01:00Z"),
            ("0 0 * * *", "2025-12-31T23:59:59.999999Z", "2026-01-01T00:00:00Z"),
            ("59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"),
            ("0 6 * * MON-FRI", "2026-11-27T06:00:00Z", "2026-11-30T06:00:00Z"),
            ("*/15 9-17 * * *", "2026-11-27T17:45:00Z", "2026-11-28T09:00:00Z"),
            ("0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"),
            ("0 0 * * 0", "1969-12-27T12:00:00Z", "1969-12-28T00:00:00Z"),
            ("0 0 1 1 *", "1899-06-01T00:00:00Z", "1900-01-01T00:00:00Z"),
            // A leap day is up to eight years away, and one on a weekend many more.
            ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"),
            ("0 0 29 2 *", "2000-01-01T00:00:00Z", "2000-02-29T00:00:00Z"),
            ("0 0 29 2 */6", "2088-02-29T00:00:00Z", "2116-02-29T00:00:00Z"),
        ])
    func next(_ text: String, _ after: String, _ next: String) throws {
        #expect(try CronExpression(text).next(after: utc(after), in: .gmt) == utc(next))
    }

    @Test("Restricted days of month and week are alternatives; one that begins with * restricts the other")
    func days() throws {
        let start = utc("2026-02-01T12:00:00Z")
        let end = utc("2026-02-28T12:00:00Z")
        func days(_ text: String) throws -> [Int] {
            try CronExpression(text).slots(after: start, through: end, in: .gmt).map {
                Timestamp.civil(daysSince1970: Int($0.microsecondsSince1970 / 86_400_000_000)).day
            }
        }
        #expect(try days("0 0 13 * FRI") == [6, 13, 20, 27])
        #expect(try days("0 0 10 * FRI") == [6, 10, 13, 20, 27])
        #expect(try days("0 0 */2 * FRI") == [13, 27])
        #expect(try days("0 0 1-9 * */3") == [4, 7, 8])
        #expect(try days("0 0 * * FRI") == [6, 13, 20, 27])
        #expect(try days("0 0 10 * *") == [10])
    }

    @Test("Slots end with the one at the end, and begin after the beginning")
    func slots() throws {
        let hourly = try CronExpression("@hourly")
        let slots = hourly.slots(after: utc("2026-01-01T00:00:00Z"), through: utc("2026-01-01T03:00:00Z"), in: .gmt)
        #expect(Array(slots) == ["01", "02", "03"].map { utc("2026-01-01T\($0):00:00Z") })
        #expect(
            Array(hourly.slots(after: utc("2026-01-02T00:00:00Z"), through: utc("2026-01-01T00:00:00Z"), in: .gmt))
                == [])
    }

    @Test(
        "The newest slots are the last of all slots",
        arguments: ["* * * * *", "7 3 * * *", "0 0 1 */5 *", "0 0 29 2 *"])
    func newest(_ text: String) throws {
        let cron = try CronExpression(text)
        let end = utc("2026-10-25T12:34:56Z")
        for start in ["2026-10-25T12:34:00Z", "2026-10-25T12:33:59Z", "2026-10-25T12:00:00Z", "2026-09-01T00:00:00Z"] {
            let all = Array(cron.slots(after: utc(start), through: end, in: zone("Europe/Zurich")))
            for count in [1, 2, 100] {
                let newest = cron.newestSlots(count, after: utc(start), through: end, in: zone("Europe/Zurich"))
                #expect(newest == Array(all.suffix(count)))
            }
        }
        #expect(cron.newestSlots(5, after: utc("0001-01-01T00:00:00Z"), through: end, in: .gmt).count == 5)
        #expect(cron.newestSlots(5, after: end, through: end, in: .gmt).isEmpty)
    }

    @Test("Beyond the years that RFC 3339 can write nothing comes due")
    func edges() throws {
        let daily = try CronExpression("@daily")
        let distantPast = Timestamp(microsecondsSince1970: .min)
        let distantFuture = Timestamp(microsecondsSince1970: .max)
        for zone in [zone("UTC"), zone("Pacific/Kiritimati"), zone("America/Adak")] {
            #expect(daily.next(after: distantFuture, in: zone) == nil)
            #expect(daily.next(after: utc("9999-12-31T23:00:00Z"), in: zone) == nil)
            #expect(daily.next(after: distantPast, in: zone) != nil)
            #expect(daily.newestSlots(2, after: distantPast, through: distantFuture, in: zone).count == 2)
        }
    }

    @Test("A slot years ahead is found at once")
    func speed() throws {
        let rare = try CronExpression("0 0 29 2 */6")
        let start = ContinuousClock.now
        for _ in 0..<1000 { _ = rare.next(after: utc("2088-02-29T00:00:00Z"), in: zone("America/New_York")) }
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}
