/// What a parameter or a column holds.
package enum ReportType: String, Sendable, Hashable, CaseIterable {
    /// Any string.
    case text
    /// A list of strings.
    case texts
    /// A whole number of 64 bits.
    case integer
    /// A double.
    case number
    /// True or false.
    case boolean
    /// A moment of UTC, in microseconds.
    case timestamp
    /// A length of time as it is written, `24h`; of parameters alone.
    case duration

    /// Whether its values are numbers.
    package var isNumeric: Bool { self == .integer || self == .number }

    /// The PostgreSQL type that its values are cast to.
    var postgresType: String {
        switch self {
        case .text: "text"
        case .texts: "text[]"
        case .integer: "bigint"
        case .number: "double precision"
        case .boolean: "boolean"
        case .timestamp: "timestamptz"
        case .duration: "interval"
        }
    }
}
