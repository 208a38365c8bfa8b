/// A JSON number as it stands in the text.
struct JSONNumber {
    /// Its characters.
    var bytes: UnsafeRawBufferPointer
    /// All its digits before the exponent as one integer, if there are at most 19 of them behind leading zeros.
    var significand: UInt64
    /// How many digits `significand` has, leading zeros not counted.
    var digitCount: Int
    /// How many digits stand behind the decimal point.
    var fractionDigitCount: Int
    /// Whether it begins with a minus sign.
    var isNegative: Bool
    /// Whether it has an exponent.
    var hasExponent: Bool
}

extension JSONCursor {
    /// Reads a number, which is next, and the white space behind it.
    mutating func number() throws(JSONSyntaxError) -> JSONNumber {
        let start = offset
        var number = JSONNumber(
            bytes: bytes, significand: 0, digitCount: 0, fractionDigitCount: 0, isNegative: false, hasExponent: false)
        if peek() == UInt8(ascii: "-") {
            number.isNegative = true
            offset += 1
        }
        let hasLeadingZero = peek() == UInt8(ascii: "0")
        let integerDigitCount = try takeDigits(into: &number)
        guard integerDigitCount == 1 || !hasLeadingZero else { throw fault("a number has a leading zero") }
        if peek() == UInt8(ascii: ".") {
            offset += 1
            number.fractionDigitCount = try takeDigits(into: &number)
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            offset += 1
            number.hasExponent = true
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
            var exponent = number
            _ = try takeDigits(into: &exponent)
        }
        number.bytes = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
        skipWhiteSpace()
        return number
    }

    /// Reads one or more digits; returns how many.
    @inline(__always)
    private mutating func takeDigits(into number: inout JSONNumber) throws(JSONSyntaxError) -> Int {
        let start = offset
        while case let digit = peek() &- 0x30, digit <= 9 {
            number.significand = number.significand &* 10 &+ UInt64(digit)
            if number.significand != 0 || number.digitCount > 0 { number.digitCount += 1 }
            offset += 1
        }
        guard offset > start else { throw unexpected("a digit") }
        return offset - start
    }
}

extension JSONNumber {
    /// The number as a metric that writes the same characters again, or `nil` if it is beyond the finite doubles.
    var metric: MetricValue? {
        if fractionDigitCount == 0, !hasExponent, let integer = int64 { return MetricValue(storage: .integer(integer)) }
        if let short = shortDecimal { return MetricValue(storage: .double(short)) }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let double = Double(text), double.isFinite else { return nil }
        return MetricValue(storage: double.description == text ? .double(double) : .literal(text))
    }

    /// As ``metric``; a number of more than 40 characters is written with an exponent instead of its outer zeros, or,
    /// should it be too long even so, as the nearest double.
    var shortenedMetric: MetricValue? {
        guard bytes.count > EventLimits.maximumMetricCharacters, !hasExponent else { return metric }
        let digits = bytes.filter { 0x30...0x39 ~= $0 }.drop { $0 == 0x30 }
        let trailingZeroCount = digits.reversed().prefix { $0 == 0x30 }.count
        let sign = isNegative ? "-" : ""
        let significant = String(decoding: digits.dropLast(trailingZeroCount), as: UTF8.self)
        let text = significant.isEmpty ? "0" : "\(sign)\(significant)e\(trailingZeroCount - fractionDigitCount)"
        guard let double = Double(text), double.isFinite else { return nil }
        let isShort = text.utf8.count <= EventLimits.maximumMetricCharacters
        return MetricValue(storage: isShort && double.description != text ? .literal(text) : .double(double))
    }

    /// The number as an integer, if it is written as one that fits; `-0` is none, for it would lose its sign.
    private var int64: Int64? {
        guard digitCount <= 19 else { return nil }
        if !isNegative { return Int64(exactly: significand) }
        guard significand != 0, significand <= UInt64(Int64.max) + 1 else { return nil }
        return Int64(truncatingIfNeeded: 0 &- significand)
    }

    /// The number as a double, if that is certain to be described by the same characters.
    ///
    /// Decimals of up to 15 digits all lie on different doubles, so such a decimal is its double's shortest
    /// description, provided that it is written without an exponent (from 0.0001 on) and without needless zeros. The
    /// division is exact in the sense of IEEE 754: both operands are doubles without rounding.
    private var shortDecimal: Double? {
        guard !hasExponent, digitCount <= 15, 1...19 ~= fractionDigitCount,
            fractionDigitCount == 1 || bytes[bytes.count - 1] != UInt8(ascii: "0")
        else { return nil }
        let magnitude = Double(significand) / Self.powersOfTen[fractionDigitCount]
        guard significand == 0 || magnitude >= 0.0001 else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    ]

    /// The number if it is an integer of at most `limit` in magnitude, however written (`12`, `12.0`, `1.2e1`).
    func integer(magnitude limit: Int) -> Int? {
        if fractionDigitCount == 0, !hasExponent, digitCount <= 18 {
            return significand <= UInt64(limit) ? (isNegative ? -Int(significand) : Int(significand)) : nil
        }
        return exactInteger(magnitude: limit)
    }

    /// As ``integer(magnitude:)``, digit by digit: a detour over `Double` would round 9007199254740990.5.
    private func exactInteger(magnitude limit: Int) -> Int? {
        var magnitude = 0
        var isWhole = true
        var remaining = digitsBeforePoint
        for byte in bytes where byte != UInt8(ascii: "-") && byte != UInt8(ascii: ".") {
            guard case let digit = byte &- 0x30, digit <= 9 else { break }
            if remaining > 0 {
                guard magnitude <= limit / 10 else { return nil }
                magnitude = magnitude * 10 + Int(digit)
            } else if digit != 0 {
                isWhole = false
            }
            remaining -= 1
        }
        if magnitude == 0, isWhole { return 0 }
        while remaining > 0 {
            guard magnitude <= limit / 10 else { return nil }
            magnitude *= 10
            remaining -= 1
        }
        guard isWhole, magnitude <= limit else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    /// How many digits stand before the decimal point once the exponent has moved it; absurd exponents are cut.
    private var digitsBeforePoint: Int {
        var written = 0
        var exponent = 0
        var exponentIsNegative = false
        var isInExponent = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isInExponent = true
            case UInt8(ascii: "-") where isInExponent: exponentIsNegative = true
            case 0x30...0x39 where isInExponent: exponent = min(exponent * 10 + Int(byte - 0x30), 1 << 30)
            case 0x30...0x39: written += 1
            default: break
            }
        }
        return written - fractionDigitCount + (exponentIsNegative ? -exponent : exponent)
    }
}
