import Foundation

/// The axis of a chart's numbers: from a round number to a round number, with zero among them.
package struct ValueScale: Sendable {
    package let unit: ValueUnit
    /// The ends, in ``unit``; the lower one is at most 0, the upper one at least 0, and they differ.
    package let lower: Double
    package let upper: Double
    /// What lies between two ticks, in ``unit``: 1, 2 or 5 times a power of ten.
    package let step: Double
    private let column: ReportDefinition.Column
    private let isWhole: Bool
    /// Decimals of a value: so many that the greatest has three digits.
    private let fractionDigits: Int

    /// A scale for `values` of `column`, with about `tickCount` ticks.
    package init(_ values: [Double], of column: ReportDefinition.Column, tickCount: Int) {
        let least = min(0, values.min() ?? 0)
        let greatest = max(0, values.max() ?? 0)
        let unit = ValueUnit(largest: max(-least, greatest), of: column.unit)
        let isWhole = column.type == .integer && unit.divisor == 1
        let (low, high) = (least / unit.divisor, greatest / unit.divisor)
        // Where all is zero there is no extent to divide; one of whatever is counted gives the axis a scale.
        let extent = high > low ? (low, high) : (0, unit.divisor < 1 ? 100 : 1)
        let step = Self.roundStep((extent.1 - extent.0) / Double(max(1, tickCount - 1)), isWhole: isWhole)
        self.unit = unit
        self.column = column
        self.isWhole = isWhole
        self.fractionDigits = isWhole ? 0 : DecimalText.fractionDigits(of: max(-low, high), significant: 3)
        self.step = step
        self.lower = (extent.0 / step).rounded(.down) * step
        self.upper = (extent.1 / step).rounded(.up) * step
    }

    /// The round numbers of the axis, from the lower end to the upper one, in ``unit``.
    package var ticks: [Double] {
        let first = Int((lower / step).rounded())
        let last = Int((upper / step).rounded())
        return (first...last).map { Double($0) * step }
    }

    /// Where `value`, in the column's own unit, lies: 0 at the lower end, 1 at the upper one.
    package func fraction(of value: Double) -> Double {
        (value / unit.divisor - lower) / (upper - lower)
    }

    /// Where `tick`, in ``unit``, lies: 0 at the lower end, 1 at the upper one.
    package func fraction(ofTick tick: Double) -> Double {
        (tick - lower) / (upper - lower)
    }

    /// How `tick` is written.
    package func label(ofTick tick: Double) -> String {
        let digits = step < 1 ? DecimalText.fractionDigits(of: step, significant: 1) : 0
        return Self.label(tick, unit, fractionDigits: digits)
    }

    /// How `value`, in the column's own unit, is written: a whole number as it is, another with as many decimals as
    /// give the greatest one three digits; a value that would vanish beside that in the unit that fits it alone.
    package func label(of value: Double) -> String {
        let shown = value / unit.divisor
        if value == 0 || isWhole || abs(shown) >= pow(10, -Double(fractionDigits)) {
            return Self.label(shown, unit, fractionDigits: fractionDigits)
        }
        let own = ValueUnit(largest: abs(value), of: column.unit)
        let digits = DecimalText.fractionDigits(of: abs(value / own.divisor), significant: 2)
        return Self.label(value / own.divisor, own, fractionDigits: digits)
    }

    private static func label(_ number: Double, _ unit: ValueUnit, fractionDigits: Int) -> String {
        guard number != 0 else { return "0" }
        guard let suffix = unit.suffix, fractionDigits <= 6 else {
            return DecimalText.scientific(unit.suffix == nil ? number * unit.divisor : number) + (unit.suffix ?? "")
        }
        return DecimalText.text(number, fractionDigits: fractionDigits, groupsDigits: true) + suffix
    }

    /// The least of 1, 2 and 5 times a power of ten that is not below `step`.
    static func roundStep(_ step: Double, isWhole: Bool) -> Double {
        let power = pow(10, log10(step).rounded(.down))
        let round = [1, 2, 5, 10].first { $0 * power >= step * (1 - 1e-9) } ?? 10
        return isWhole ? max(1, round * power) : round * power
    }
}
