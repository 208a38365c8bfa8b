import Foundation

/// A named, parametrised query, as its `.sql` file describes it.
package struct ReportDefinition: Sendable, Hashable {
    /// A value that a caller may pass, or has to.
    package struct Parameter: Sendable, Hashable {
        package var name: String
        package var type: ReportType
        /// The texts it takes; empty for any.
        package var choices: [String]
        /// The value where none is passed, as its file writes it; `nil` for null.
        package var defaultText: String?
        /// Whether the report is refused where none is passed.
        package var isRequired: Bool
        package var summary: String

        package init(
            name: String, type: ReportType, choices: [String] = [], defaultText: String? = nil,
            isRequired: Bool = false, summary: String
        ) {
            self.name = name
            self.type = type
            self.choices = choices
            self.defaultText = defaultText
            self.isRequired = isRequired
            self.summary = summary
        }
    }

    /// A column of the answer.
    package struct Column: Sendable, Hashable {
        package var name: String
        package var type: ReportType
        /// The unit of its numbers: `ms`, `ratio`; `nil` for a plain count or no number.
        package var unit: String?

        package init(name: String, type: ReportType, unit: String? = nil) {
            self.name = name
            self.type = type
            self.unit = unit
        }
    }

    /// A picture of the answer: bars or lines of one column over another.
    package struct Chart: Sendable, Hashable {
        package enum Kind: String, Sendable, Hashable { case bar, line }
        package var kind: Kind
        /// The column that names the bars, or runs along the lines.
        package var category: String
        /// The column of numbers that is drawn.
        package var value: String
        /// The column whose every distinct value has a line of its own, or is added to the name of its bar; `nil` where
        /// there is one line.
        package var series: String?
    }

    /// The name of its file without `.sql`.
    package var name: String
    /// Its file.
    var file: String { name + ".sql" }
    package var title: String
    package var summary: String
    package var parameters: [Parameter]
    package var columns: [Column]
    package var chart: Chart?
    /// How the percentiles of every answer come about, where the header says so; else the ledger's functions tell.
    package var percentiles: Report.Percentiles?
    /// The query, with `:name` where a parameter stands.
    package var sql: String
    /// The line of its file on which the query begins, from 1.
    var firstLine: Int
    /// The SHA-256 of its file, in hexadecimal.
    package var sha256: String
}
