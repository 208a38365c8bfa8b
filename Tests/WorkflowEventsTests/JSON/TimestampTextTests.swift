import Testing

@testable import WorkflowEvents

@Suite("Timestamps as text")
struct TimestampTextTests {
    @Test(
        "RFC 3339 times are read",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00", 0), ("1970-01-01t00:00:00z", 0),
            ("1970-01-01 00:00:00Z", 0), ("1970-01-01T00:00:00+00:00", 0), ("1970-01-01T00:00:00-00:00", 0),
            ("1970-01-01T01:30:00+01:30", 0), ("1969-12-31T22:30:00-01:30", 0), ("1970-01-01T00:00:00.5Z", 500_000),
            ("1970-01-01T00:00:00.000001Z", 1), ("1970-01-01T00:00:00.0000019Z", 1),
            ("1970-01-01T00:00:00.123456789Z", 123_456), ("1969-12-31T23:59:59.999999999Z", -1),
            ("2025-11-18T12:00:00.000000", 1_763_467_200_000_000), ("2000-02-29T00:00:00Z", 951_782_400_000_000),
            ("2024-02-29T23:59:59Z", 1_709_251_199_000_000), ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
            ("0000-02-29T00:00:00Z", -62_162_121_600_000_000),
            ("9999-12-31T23:59:59.999999999Z", 253_402_300_799_999_999),
            ("9999-12-31T23:59:59-00:00", 253_402_300_799_000_000),
        ])
    func valid(text: String, microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microsecondsSince1970 == microseconds)
    }

    @Test(
        "Anything else is none",
        arguments: [
            "", "1970", "1970-01-01", "1970-01-01T00:00", "1970-01-01T00:00Z", "1970-1-1T00:00:00Z",
            "70-01-01T00:00:00Z",
            "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567890Z", "1970-01-01T00:00:00,5Z",
            "1970-01-01T00:00:00 Z",
            "1970-01-01T00:00:00ZZ", "1970-01-01T00:00:00+0000", "1970-01-01T00:00:00+00", "1970-01-01T00:00:00+24:00",
            "1970-01-01T00:00:00+00:60", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z",
            "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z",
            "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2024-04-31T00:00:00Z",
            "1970/01/01T00:00:00Z", "1970-01-01X00:00:00Z", "1970-01-01T00.00.00Z", " 1970-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z ", "+1970-01-01T00:00:00Z", "12026-01-01T00:00:00Z", "1970-01-01T00:00:00é",
            "1970-01-01T-1:00:00Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "1970-W01-1T00:00:00Z",
        ])
    func invalid(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "The leap second that can be is the second after it",
        arguments: [
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"),
            ("2016-12-31T23:59:60.75Z", "2017-01-01T00:00:00.750000Z"),
            ("2017-01-01T05:29:60+05:30", "2017-01-01T00:00:00.000000Z"),
            ("1990-06-30T15:59:60-08:00", "1990-07-01T00:00:00.000000Z"),
        ])
    func leapSeconds(text: String, moment: String) {
        #expect(Timestamp(rfc3339: text)?.description == moment)
    }

    @Test(
        "A leap second that cannot be is none",
        arguments: [
            "2016-12-31T23:58:60Z", "2016-12-31T22:59:60Z", "2016-12-30T23:59:60Z", "2016-12-31T23:59:60+01:00",
            "2016-12-31T12:00:60Z", "9999-12-31T23:59:60Z",
        ])
    func impossibleLeapSeconds(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "Moments are written in UTC with six digits",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (1_763_467_200_123_456, "2025-11-18T12:00:00.123456Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
            (253_402_300_800_000_000, "+10000-01-01T00:00:00.000000Z"),
            (-62_167_219_200_000_001, "-0001-12-31T23:59:59.999999Z"),
            (Int64.max, "+294247-01-10T04:00:54.775807Z"), (Int64.min, "-290308-12-21T19:59:05.224192Z"),
        ])
    func written(microseconds: Int64, text: String) {
        #expect(Timestamp(microsecondsSince1970: microseconds).rfc3339 == text)
    }

    @Test("Every day of a Gregorian cycle follows the day before it")
    func calendar() {
        var expected = (year: 1999, month: 12, day: 31)
        var mistakenDays: [Int] = []
        for day in 10_956...10_956 + 146_097 {
            let back = Timestamp.daysSince1970(year: expected.year, month: expected.month, day: expected.day)
            if Timestamp.civil(daysSince1970: day) != expected || back != day { mistakenDays.append(day) }
            expected.day += 1
            if expected.day > Timestamp.dayCount(ofMonth: expected.month, year: expected.year) {
                expected = expected.month == 12 ? (expected.year + 1, 1, 1) : (expected.year, expected.month + 1, 1)
            }
        }
        #expect(mistakenDays.isEmpty)
        #expect(expected == (2400, 1, 1))
    }

    @Test("What is written is read as the same moment")
    func roundTrip() {
        var random = FixedRandom(state: 3339)
        let range = Timestamp.rfc3339Range
        for _ in 0..<2000 {
            let moment = Timestamp(
                microsecondsSince1970: .random(
                    in: range.lowerBound.microsecondsSince1970...range.upperBound.microsecondsSince1970,
                    using: &random))
            #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
        }
    }
}
