import Foundation

/// Doubles as decimals for people to read.
enum DecimalText {
    /// `number` with `fractionDigits` decimals; as the shortest decimal that reads back as it where these would be too
    /// many digits or show zero for what is not.
    static func text(_ number: Double, fractionDigits: Int, groupsDigits: Bool) -> String {
        guard abs(number) < 1e15 else { return ReportValue.shortest(number) }
        // Without the sign of a negative zero.
        let text = String(format: "%.\(fractionDigits)f", number == 0 ? 0 : number)
        if number != 0, !text.utf8.contains(where: { (0x31...0x39).contains($0) }) {
            return ReportValue.shortest(number)
        }
        return groupsDigits ? grouped(text) : text
    }

    /// `number` with three digits and an exponent where it is very great or very small: `1.25e18`.
    static func scientific(_ number: Double) -> String {
        String(format: "%.3g", number).replacing("e+", with: "e").replacing(/e(-?)0+/) { "e\($0.output.1)" }
    }

    /// How many decimals show the positive `number` with `significant` digits; 0 where it has them before the point.
    static func fractionDigits(of number: Double, significant: Int) -> Int {
        guard number.isFinite, number > 0 else { return 0 }
        return max(0, significant - 1 - Int(log10(number).rounded(.down)))
    }

    /// The decimal `digits` with a comma between the thousands.
    static func grouped(_ digits: String) -> String {
        let whole = digits.prefix { $0 != "." }
        let sign = whole.prefix { $0 == "-" }
        var grouped = ""
        for (index, digit) in whole.dropFirst(sign.count).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return sign + String(grouped.reversed()) + digits.dropFirst(whole.count)
    }
}
