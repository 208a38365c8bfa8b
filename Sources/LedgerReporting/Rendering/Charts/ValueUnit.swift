import Foundation

/// The unit in which an axis counts, chosen so that its numbers are short.
package struct ValueUnit: Sendable, Hashable {
    /// How much of the column's own unit one is.
    package var divisor: Double
    /// What follows a number, a space included where one belongs: ` s`, ` %`, `M`; `nil` where numbers are so great
    /// that they are written with an exponent.
    package var suffix: String?
    /// What the axis says behind the name of the column: `seconds`, `percent`, `millions`; `nil` for a plain count.
    package var words: String?

    /// The unit for numbers of up to `largest` in magnitude, of a column whose unit is `unit`.
    package init(largest: Double, of unit: String?) {
        switch unit {
        case "ratio": self.init(divisor: 0.01, suffix: " %", words: "percent")
        case "ratio-difference": self.init(divisor: 0.01, suffix: " pp", words: "percentage points")
        case "ms": self = Self.fitting(largest, Self.durations(inMilliseconds: 1))
        case "s": self = Self.fitting(largest, Self.durations(inMilliseconds: 1000))
        case "bytes": self = Self.fitting(largest, Self.bytes)
        default: self = Self.count(largest, of: unit)
        }
    }

    private init(divisor: Double, suffix: String?, words: String?) {
        self.divisor = divisor
        self.suffix = suffix
        self.words = words
    }

    private static func fitting(_ largest: Double, _ units: [ValueUnit]) -> ValueUnit {
        // From two on: 90 seconds are easier to read than one and a half minutes.
        units.last { largest >= $0.divisor * 2 } ?? units[0]
    }

    private static func durations(inMilliseconds unit: Double) -> [ValueUnit] {
        let units: [(Double, String, String)] = [
            (1, " ms", "milliseconds"), (1000, " s", "seconds"), (60_000, " min", "minutes"),
            (3_600_000, " h", "hours"), (86_400_000, " d", "days"),
        ]
        return units.filter { $0.0 >= unit }.map { ValueUnit(divisor: $0.0 / unit, suffix: $0.1, words: $0.2) }
    }

    private static let bytes = [
        ValueUnit(divisor: 1, suffix: " B", words: "bytes"), ValueUnit(divisor: 1e3, suffix: " kB", words: "kilobytes"),
        ValueUnit(divisor: 1e6, suffix: " MB", words: "megabytes"),
        ValueUnit(divisor: 1e9, suffix: " GB", words: "gigabytes"),
        ValueUnit(divisor: 1e12, suffix: " TB", words: "terabytes"),
    ]

    private static func count(_ largest: Double, of unit: String?) -> ValueUnit {
        let powers = [(1e6, "M", "millions"), (1e9, "B", "billions"), (1e12, "T", "trillions")]
        guard largest >= 1e6, largest.isFinite else { return ValueUnit(divisor: 1, suffix: "", words: unit) }
        let of = unit.map { " of \($0)" } ?? ""
        if largest < 1e15, let power = powers.last(where: { largest >= $0.0 }) {
            return ValueUnit(divisor: power.0, suffix: power.1, words: power.2 + of)
        }
        return ValueUnit(divisor: pow(10, log10(largest).rounded(.down)), suffix: nil, words: unit)
    }
}
