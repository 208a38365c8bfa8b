#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes JSON into memory whose size was reckoned beforehand; it stops the program rather than write beyond.
struct JSONByteWriter {
    private let memory: UnsafeMutableRawBufferPointer
    /// How many bytes are written.
    private(set) var count = 0

    /// A writer that fills `memory` from its beginning.
    init(_ memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory
    }

    /// Appends to `output` what `body` writes in at most `maximumBytes`.
    @inline(__always)
    static func append(
        to output: inout [UInt8], maximumBytes: Int, _ body: (inout JSONByteWriter) -> Void
    ) {
        withUnsafeTemporaryAllocation(byteCount: maximumBytes, alignment: 1) { memory in
            var writer = JSONByteWriter(memory)
            body(&writer)
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: memory[..<writer.count]))
        }
    }

    /// Makes room for `byteCount` bytes and returns where they begin.
    @inline(__always)
    private mutating func advance(_ byteCount: Int) -> Int {
        let start = count
        count += byteCount
        precondition(count <= memory.count, "A JSON value is longer than was reckoned.")
        return start
    }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        memory[advance(1)] = byte
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        let start = advance(bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: memory[start..<count]).copyMemory(from: bytes)
    }

    /// Writes `literal` as it is.
    @inline(__always)
    mutating func put(_ literal: StaticString) {
        put(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Writes `text` as it is.
    @inline(__always)
    mutating func put(plain text: String) {
        text.utf8Bytes { put($0) }
    }

    @inline(__always)
    private mutating func put<Word: FixedWidthInteger>(bigEndian word: Word) {
        let start = advance(MemoryLayout<Word>.size)
        memory.storeBytes(of: word.bigEndian, toByteOffset: start, as: Word.self)
    }
}

// MARK: - Text

extension JSONByteWriter {
    /// The most that ``put(string:)`` takes for `byteCount` bytes of text: each as `\u00XX`, and the quotes.
    static func maximumStringBytes(_ byteCount: Int) -> Int { 6 * byteCount + 2 }

    /// Writes `string` with its quotes: RFC 8259's short escapes where there are some, `\u00XX` for the other control
    /// characters, everything else as it is.
    @inline(__always)
    mutating func put(string: String) {
        put(UInt8(ascii: "\""))
        string.utf8Bytes { bytes in
            let end = bytes.endOfPlainText()
            if end == bytes.count { put(bytes) } else { putEscaping(bytes, from: end) }
        }
        put(UInt8(ascii: "\""))
    }

    /// Writes `bytes`, of which the one at `firstEscape` is the first that needs an escape.
    private mutating func putEscaping(_ bytes: UnsafeRawBufferPointer, from firstEscape: Int) {
        var start = 0
        var end = firstEscape
        while end < bytes.count {
            put(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            put(escapeOf: bytes[end])
            start = end + 1
            end = bytes.endOfPlainText(from: start)
        }
        put(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    private mutating func put(escapeOf byte: UInt8) {
        put(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
        case 0x08: put(UInt8(ascii: "b"))
        case 0x09: put(UInt8(ascii: "t"))
        case 0x0A: put(UInt8(ascii: "n"))
        case 0x0C: put(UInt8(ascii: "f"))
        case 0x0D: put(UInt8(ascii: "r"))
        default:
            put("u00")
            put(UInt8(ascii: "0") + byte >> 4)
            put(byte & 0x0F < 10 ? UInt8(ascii: "0") + byte & 0x0F : UInt8(ascii: "a") + byte & 0x0F - 10)
        }
    }
}

// MARK: - Numbers, times and identifiers

extension JSONByteWriter {
    /// The most that ``put(decimal:)`` takes.
    static let maximumDecimalBytes = 20

    /// Writes `value` in decimal digits.
    mutating func put(decimal value: Int64) {
        if value < 0 { put(UInt8(ascii: "-")) }
        var magnitude = value.magnitude
        if magnitude < 10 { return put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude)) }
        var digitCount = 1
        var bound: UInt64 = 10
        while digitCount < 19, magnitude >= bound {
            digitCount += 1
            bound &*= 10
        }
        let start = advance(digitCount)
        var index = start + digitCount
        while index > start {
            index -= 1
            memory[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
            magnitude /= 10
        }
    }

    /// Writes `value` as a JSON number.
    @inline(__always)
    mutating func put(metric value: MetricValue) {
        switch value.storage {
        case .integer(let integer): put(decimal: integer)
        case .double(let double): put(plain: double.description)
        case .literal(let text): put(plain: text)
        }
    }

    /// Writes `uuid` as lower-case 8-4-4-4-12 hexadecimal digits, without quotes.
    mutating func put(uuid: UUID) {
        let (high, low) = uuid.bits
        let second = Self.hexadecimal(UInt32(truncatingIfNeeded: high))
        let third = Self.hexadecimal(UInt32(truncatingIfNeeded: low >> 32))
        put(bigEndian: Self.hexadecimal(UInt32(truncatingIfNeeded: high >> 32)))
        put(UInt8(ascii: "-"))
        put(bigEndian: UInt32(truncatingIfNeeded: second >> 32))
        put(UInt8(ascii: "-"))
        put(bigEndian: UInt32(truncatingIfNeeded: second))
        put(UInt8(ascii: "-"))
        put(bigEndian: UInt32(truncatingIfNeeded: third >> 32))
        put(UInt8(ascii: "-"))
        put(bigEndian: UInt32(truncatingIfNeeded: third))
        put(bigEndian: Self.hexadecimal(UInt32(truncatingIfNeeded: low)))
    }

    /// The eight lower-case hexadecimal digits of `word`, the most significant in the highest byte.
    private static func hexadecimal(_ word: UInt32) -> UInt64 {
        var nibbles = UInt64(word)
        nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let isLetter = ((nibbles &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ isLetter &* 0x27
    }

    /// The most that ``put(rfc3339:)`` takes: the years of `Int64` microseconds have up to six digits and a sign.
    static let maximumTimestampBytes = 30

    /// Writes `timestamp` as RFC 3339 does, without quotes; a year beyond 0000 to 9999 with a sign and all its digits.
    mutating func put(rfc3339 timestamp: Timestamp) {
        let (seconds, microsecond) = Timestamp.flooredDivision(Int(timestamp.microsecondsSince1970), 1_000_000)
        let (days, second) = Timestamp.flooredDivision(seconds, 86_400)
        let date = Timestamp.civil(daysSince1970: days)

        put(year: date.year)
        put(UInt8(ascii: "-"))
        put(twoDigits: date.month)
        put(UInt8(ascii: "-"))
        put(twoDigits: date.day)
        put(UInt8(ascii: "T"))
        put(twoDigits: second / 3600)
        put(UInt8(ascii: ":"))
        put(twoDigits: second / 60 % 60)
        put(UInt8(ascii: ":"))
        put(twoDigits: second % 60)
        put(UInt8(ascii: "."))
        put(twoDigits: microsecond / 10_000)
        put(twoDigits: microsecond / 100 % 100)
        put(twoDigits: microsecond % 100)
        put(UInt8(ascii: "Z"))
    }

    private mutating func put(year: Int) {
        if 0...9999 ~= year {
            put(twoDigits: year / 100)
            put(twoDigits: year % 100)
        } else {
            let digits = String(year.magnitude)
            put(UInt8(ascii: year < 0 ? "-" : "+"))
            for _ in digits.utf8.count..<max(4, digits.utf8.count) { put(UInt8(ascii: "0")) }
            put(plain: digits)
        }
    }

    @inline(__always)
    private mutating func put(twoDigits value: Int) {
        put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10))
        put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
    }
}
