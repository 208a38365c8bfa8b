/// How the cells of one column are written for people: all with the same number of decimals, so that they align.
package struct ColumnFormat: Sendable {
    /// What stands where there is no value.
    package static let nothing = "–"

    private let column: ReportDefinition.Column
    private let fractionDigits: Int
    private let groupsDigits: Bool

    /// The format of `column`, whose cells are `values`; `groupsDigits` writes `1,234` for `1234`.
    ///
    /// There are as many decimals as show the smallest number, zero apart, with two significant digits: from 1 to 6.
    package init(_ column: ReportDefinition.Column, values: some Sequence<ReportValue>, groupsDigits: Bool) {
        self.column = column
        self.groupsDigits = groupsDigits
        let factor = Self.factor(of: column)
        var smallest = Double.infinity
        for case .number(let number) in values where number != 0 && number.isFinite {
            smallest = min(smallest, abs(number) * factor)
        }
        self.fractionDigits = smallest < 1 ? min(DecimalText.fractionDigits(of: smallest, significant: 2), 6) : 1
    }

    /// The formats of the columns of `table`, in their order.
    package static func formats(of table: DataTable, groupsDigits: Bool) -> [ColumnFormat] {
        table.columns.enumerated().map { index, column in
            ColumnFormat(column, values: table.rows.lazy.map { $0[index] }, groupsDigits: groupsDigits)
        }
    }

    /// `value` as text, in which anything may stand: whoever shows it neutralises it. A ratio is a percentage, the difference
    /// of two is in percentage points, a list is joined by `; `, a time is UTC to the second without saying so.
    package func text(_ value: ReportValue) -> String {
        switch value {
        case .null: Self.nothing
        case .text(let text): text
        case .texts(let texts): texts.joined(separator: "; ")
        case .integer(let number): groupsDigits ? DecimalText.grouped(String(number)) : String(number)
        case .number(let number): text(number)
        case .boolean(let flag): String(flag)
        case .duration(let span): span.text
        case .timestamp(let time): time.displayText
        }
    }

    private func text(_ number: Double) -> String {
        guard number.isFinite else { return Self.nothing }
        let text = DecimalText.text(
            number * Self.factor(of: column), fractionDigits: fractionDigits, groupsDigits: groupsDigits)
        return text + Self.suffix(of: column)
    }

    private static func suffix(of column: ReportDefinition.Column) -> String {
        switch column.unit {
        case "ratio": " %"
        case "ratio-difference": " pp"
        default: ""
        }
    }

    private static func factor(of column: ReportDefinition.Column) -> Double {
        suffix(of: column).isEmpty ? 1 : 100
    }
}
