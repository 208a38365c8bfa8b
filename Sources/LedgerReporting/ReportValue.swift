import LibPQ
package import WorkflowEvents
import WorkflowEventsPostgres

/// A cell of a report, or an argument for it.
package enum ReportValue: Sendable, Hashable {
    case null
    case text(String)
    case texts([String])
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case timestamp(Timestamp)
    case duration(TimeSpan)

    /// Reads column `index` of `row`, declared as `type`.
    init(_ row: PostgresRow, _ index: Int, as type: ReportType) throws {
        let value: ReportValue? =
            switch type {
            case .text: try row.decode(index, as: String?.self).map(ReportValue.text)
            case .texts: try row.decode(index, as: [String]?.self).map(ReportValue.texts)
            case .integer: try row.decode(index, as: Int64?.self).map(ReportValue.integer)
            case .number: try row.decode(index, as: Double?.self).map(ReportValue.number)
            case .boolean: try row.decode(index, as: Bool?.self).map(ReportValue.boolean)
            case .timestamp:
                try row.decode(index, as: PostgresTimestamp?.self).map { .timestamp(Timestamp($0)) }
            case .duration: preconditionFailure("No column is of type duration: its declaration is refused.")
            }
        self = value ?? .null
    }

    /// What it holds; `nil` for `null`, which is of every type.
    package var type: ReportType? {
        switch self {
        case .null: nil
        case .text: .text
        case .texts: .texts
        case .integer: .integer
        case .number: .number
        case .boolean: .boolean
        case .timestamp: .timestamp
        case .duration: .duration
        }
    }

    /// Appends the value as JSON.
    package func appendJSON(to json: inout [UInt8]) {
        switch self {
        case .null: json += "null".utf8
        case .text(let text): json.append(json: text)
        case .texts(let texts): json.append(json: texts)
        case .integer(let number): json += String(number).utf8
        case .number(let number): json += Self.shortest(number).utf8
        case .boolean(let flag): json += String(flag).utf8
        case .timestamp(let time): json.append(json: time.rfc3339)
        case .duration(let span): json.append(json: span.text)
        }
    }

    /// The shortest decimal that reads back as `number`, a whole number without a fraction; `null` if not finite.
    package static func shortest(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        if number == 0 { return "0" }
        let text = number.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
