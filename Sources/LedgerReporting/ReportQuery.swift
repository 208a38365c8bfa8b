import Foundation
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// The bound form of a report's SQL.
enum ReportQuery {
    /// The query of `definition` with `arguments` in the places of its parameters.
    static func bound(_ definition: ReportDefinition, _ arguments: [String: ReportValue]) -> PostgresQuery {
        var query: PostgresQuery = ""
        for token in SQLToken.tokens(of: definition.sql) {
            guard token.kind == .parameter, let name = token.name else {
                query.append(PostgresQuery(unsafeSQL: String(token.text)))
                continue
            }
            let type = definition.parameters.first { $0.name == name }?.type ?? .text
            append(arguments[name] ?? .null, as: type, to: &query)
        }
        return query
    }

    private static func append(_ value: ReportValue, as type: ReportType, to query: inout PostgresQuery) {
        switch (type, value) {
        case (.integer, .integer(let number)): query.append("\(number)::bigint")
        case (.number, .number(let number)): query.append("\(number)::double precision")
        case (.boolean, .boolean(let flag)): query.append("\(flag)::boolean")
        case (.timestamp, .timestamp(let time)):
            query.append("\(PostgresTimestamp(time))::timestamptz")
        case (.duration, .duration(let span)): query.append("(\(span.seconds)::bigint * interval '1 second')")
        case (.texts, .texts(let texts)): query.append("\(texts)::text[]")
        case (.text, .text(let text)): query.append("\(text)::text")
        default: query.append(PostgresQuery(unsafeSQL: "null::\(type.postgresType)"))
        }
    }
}
