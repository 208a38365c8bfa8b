extension Timestamp {
    /// The moments that RFC 3339 can write: the years 0000 to 9999 of UTC.
    package static let rfc3339Range: ClosedRange<Timestamp> =
        Timestamp(
            microsecondsSince1970: -62_167_219_200_000_000)...Timestamp(microsecondsSince1970: 253_402_300_799_999_999)

    /// The moment that `text` names, or `nil` if it names none.
    ///
    /// The form is that of RFC 3339 (section 5.6), `2025-11-18T12:00:00.000000Z`, with 0 to 9 fraction digits, of which
    /// those beyond microseconds are cut off. A missing offset means UTC. The leap second `23:59:60` of a month's last
    /// UTC day is the second after it, as in Unix time. Years are those of UTC from 0000 to 9999.
    public init?(rfc3339 text: String) {
        guard let timestamp = text.utf8Bytes({ Timestamp(rfc3339: $0) }) else { return nil }
        self = timestamp
    }

    /// The moment that UTF-8 text names, by the rules of ``init(rfc3339:)-(String)``.
    package init?(rfc3339 bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 19, let date = Self.days(bytes), let time = Self.seconds(bytes) else { return nil }
        var rest = UnsafeRawBufferPointer(rebasing: bytes[19...])
        guard let fraction = Self.takeFraction(&rest), let offset = Self.offsetSeconds(rest) else { return nil }

        let utc = date * 86_400 + time.seconds - offset
        if time.isLeap {
            let nextDay = Self.civil(daysSince1970: Int(utc / 86_400))
            guard utc % 86_400 == 0, nextDay.day == 1 else { return nil }
        }
        self.microsecondsSince1970 = utc * 1_000_000 + fraction
        guard Self.rfc3339Range.contains(self) else { return nil }
    }

    /// This moment in UTC as RFC 3339 writes it, with six fraction digits and `Z`: `2025-11-18T12:00:00.000000Z`.
    public var rfc3339: String {
        var bytes: [UInt8] = []
        bytes.append(rfc3339: self)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Timestamp: CustomStringConvertible {
    /// This moment as ``rfc3339`` writes it.
    public var description: String { rfc3339 }
}

// MARK: - Reading

extension Timestamp {
    /// The days from 1970-01-01 to the date in the first ten bytes, or `nil` if there is no such date.
    private static func days(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard let century = twoDigits(bytes, at: 0), let yearOfCentury = twoDigits(bytes, at: 2),
            let month = twoDigits(bytes, at: 5), let day = twoDigits(bytes, at: 8),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-")
        else { return nil }
        let year = century * 100 + yearOfCentury
        guard 1...12 ~= month, day >= 1, day <= dayCount(ofMonth: month, year: year) else { return nil }
        return Int64(daysSince1970(year: year, month: month, day: day))
    }

    /// The seconds since midnight of the time in bytes 10 to 18, or `nil` if there is no such time.
    private static func seconds(_ bytes: UnsafeRawBufferPointer) -> (seconds: Int64, isLeap: Bool)? {
        guard let hour = twoDigits(bytes, at: 11), let minute = twoDigits(bytes, at: 14),
            let second = twoDigits(bytes, at: 17),
            bytes[10] | 0x20 == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        return (Int64(hour * 3600 + minute * 60 + second), second == 60)
    }

    /// Takes `.` and up to nine digits off the front of `bytes`: the fraction in microseconds, 0 without one.
    private static func takeFraction(_ bytes: inout UnsafeRawBufferPointer) -> Int64? {
        guard bytes.first == UInt8(ascii: ".") else { return 0 }
        var nanoseconds: Int64 = 0
        var digitCount = 0
        while digitCount + 1 < bytes.count, case let digit = bytes[digitCount + 1] &- 0x30, digit <= 9 {
            nanoseconds = nanoseconds * 10 + Int64(digit)
            digitCount += 1
            guard digitCount <= 9 else { return nil }
        }
        guard digitCount > 0 else { return nil }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[(digitCount + 1)...])
        for _ in digitCount..<9 { nanoseconds *= 10 }
        return nanoseconds / 1000
    }

    /// The offset from UTC that all of `bytes` names, 0 if they are empty.
    private static func offsetSeconds(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard let sign = bytes.first else { return 0 }
        if bytes.count == 1, sign | 0x20 == UInt8(ascii: "z") { return 0 }
        guard bytes.count == 6, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            bytes[3] == UInt8(ascii: ":"),
            let hour = twoDigits(bytes, at: 1), let minute = twoDigits(bytes, at: 4), hour <= 23, minute <= 59
        else { return nil }
        let seconds = Int64(hour * 3600 + minute * 60)
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func twoDigits(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int? {
        let tens = bytes[index] &- 0x30
        let ones = bytes[index + 1] &- 0x30
        return tens <= 9 && ones <= 9 ? Int(tens) * 10 + Int(ones) : nil
    }
}
