/// A `numeric` as exact decimal text, such as `12.340`, `NaN` or `Infinity`.
package struct PostgresNumeric: Hashable, Sendable {
    package var text: String

    package init(text: String) {
        self.text = text
    }
}

extension PostgresNumeric: PostgresEncodable {
    package static var postgresType: PostgresType { .numeric }
    package static var isSentAsText: Bool { true }
    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: text.utf8) }
}

extension PostgresNumeric: PostgresDecodable {
    /// Reads `numeric`'s binary form: digit count, weight, sign, scale, then digits in base 10,000.
    package init(from cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .numeric else { throw cell.mismatch(PostgresNumeric.self) }
        let bytes = try cell.value(for: PostgresNumeric.self)
        guard bytes.count >= 8 else { throw PostgresError(.decoding, "a numeric that is cut short") }
        let digitCount = Int(bytes.readBigEndian(Int16.self))
        let weight = Int(bytes.readBigEndian(Int16.self, at: 2))
        let sign = bytes.readBigEndian(UInt16.self, at: 4)
        let scale = Int(bytes.readBigEndian(UInt16.self, at: 6))
        guard digitCount >= 0, bytes.count == 8 + 2 * digitCount else {
            throw PostgresError(.decoding, "a numeric that is cut short")
        }
        switch sign {
        case 0xC000: text = "NaN"
        case 0xD000: text = "Infinity"
        case 0xF000: text = "-Infinity"
        default:
            let digits = (0..<digitCount).map { Int(bytes.readBigEndian(Int16.self, at: 8 + 2 * $0)) }
            text = (sign == 0x4000 ? "-" : "") + Self.text(digits: digits, weight: weight, scale: scale)
        }
    }

    /// Digit `i` counts 10,000 to the power of `weight - i`.
    private static func text(digits: [Int], weight: Int, scale: Int) -> String {
        func group(_ index: Int) -> String {
            let digit = String(digits.indices.contains(index) ? digits[index] : 0)
            return String(repeating: "0", count: 4 - digit.count) + digit
        }
        let whole = weight < 0 ? "0" : (0...weight).map(group).joined()
        let trimmed = String(whole.drop { $0 == "0" })
        var text = trimmed.isEmpty ? "0" : trimmed
        if scale > 0 {
            let groups = (scale + 3) / 4
            let fraction = (0..<groups).map { group(weight + 1 + $0) }.joined()
            text += "." + fraction.prefix(scale)
        }
        return text
    }
}
