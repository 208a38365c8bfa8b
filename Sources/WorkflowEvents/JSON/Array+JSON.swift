#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension [UInt8] {
    /// Appends `string` as a JSON string, quotes included: RFC 8259's short escapes where there are some, `\u00XX` for
    /// the other control characters, everything else as it is.
    package mutating func append(json string: String) {
        append(UInt8(ascii: "\""))
        string.utf8Bytes { bytes in
            var start = 0
            while true {
                let end = bytes.endOfPlainText(from: start)
                append(contentsOf: bytes[start..<end])
                guard end < bytes.count else { break }
                append(escapeOf: bytes[end])
                start = end + 1
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// Appends `value` as a JSON number.
    package mutating func append(json value: MetricValue) {
        switch value.storage {
        case .integer(let integer): append(decimal: integer)
        case .double(let double): append(contentsOf: double.description.utf8)
        case .literal(let text): append(contentsOf: text.utf8)
        }
    }

    /// Appends `value` in decimal digits.
    package mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digits: value.magnitude, count: Swift.max(1, value.magnitude.decimalDigitCount))
    }

    /// Appends `uuid` as lower-case 8-4-4-4-12 hexadecimal digits, without quotes.
    package mutating func append(uuid: UUID) {
        Swift.withUnsafeBytes(of: uuid.uuid) { bytes in
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 { append(UInt8(ascii: "-")) }
                append(Self.hexadecimal(byte >> 4))
                append(Self.hexadecimal(byte & 0x0F))
            }
        }
    }

    /// Appends `timestamp` as RFC 3339 writes it, without quotes; a year beyond 0000 to 9999 with its sign and digits.
    package mutating func append(rfc3339 timestamp: Timestamp) {
        let seconds = Timestamp.floorDivide(Int(timestamp.microsecondsSince1970), 1_000_000)
        let microsecond = Int(timestamp.microsecondsSince1970) - seconds * 1_000_000
        let days = Timestamp.floorDivide(seconds, 86_400)
        let second = seconds - days * 86_400
        let date = Timestamp.civil(daysSince1970: days)

        if date.year < 0 { append(UInt8(ascii: "-")) } else if date.year > 9999 { append(UInt8(ascii: "+")) }
        let year = date.year.magnitude
        append(digits: UInt64(year), count: Swift.max(4, UInt64(year).decimalDigitCount))
        append(UInt8(ascii: "-"))
        append(digits: UInt64(date.month), count: 2)
        append(UInt8(ascii: "-"))
        append(digits: UInt64(date.day), count: 2)
        append(UInt8(ascii: "T"))
        append(digits: UInt64(second / 3600), count: 2)
        append(UInt8(ascii: ":"))
        append(digits: UInt64(second / 60 % 60), count: 2)
        append(UInt8(ascii: ":"))
        append(digits: UInt64(second % 60), count: 2)
        append(UInt8(ascii: "."))
        append(digits: UInt64(microsecond), count: 6)
        append(UInt8(ascii: "Z"))
    }

    /// Appends the text of `literal` as it is.
    @inline(__always)
    mutating func append(literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    private mutating func append(digits value: UInt64, count: Int) {
        let end = self.count + count
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
        var rest = value
        var index = end
        while rest > 0, index > end - count {
            index -= 1
            self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private mutating func append(escapeOf byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append(literal: "u00")
            append(Self.hexadecimal(byte >> 4))
            append(Self.hexadecimal(byte & 0x0F))
        }
    }

    private static func hexadecimal(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}

extension UInt64 {
    /// How many decimal digits the number has; 0 has none.
    var decimalDigitCount: Int {
        var count = 0
        var rest = self
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count
    }
}
