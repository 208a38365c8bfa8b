import Foundation
import LibPQ
import WorkflowEvents

/// The bound form of a report's SQL.
enum ReportQuery {
    /// A piece of SQL: text as it stands, or the place of a named parameter.
    private enum Piece {
        case text(Substring)
        case parameter(Substring)
    }

    /// The parameters that `sql` names, each as often as it stands there.
    static func names(in sql: String) -> [String] {
        pieces(of: sql).compactMap { piece in
            if case .parameter(let name) = piece { String(name) } else { nil }
        }
    }

    /// The query of `definition` with `arguments` in the places of its parameters.
    static func bound(_ definition: ReportDefinition, _ arguments: [String: ReportValue]) -> PostgresQuery {
        var query: PostgresQuery = ""
        for piece in pieces(of: definition.sql) {
            switch piece {
            case .text(let text):
                query.append(PostgresQuery(unsafeSQL: String(text)))
            case .parameter(let name):
                let type = definition.parameters.first { $0.name == name }?.type ?? .text
                append(arguments[String(name)] ?? .null, as: type, to: &query)
            }
        }
        return query
    }

    private static func append(_ value: ReportValue, as type: ReportType, to query: inout PostgresQuery) {
        switch (type, value) {
        case (.integer, .integer(let number)): query.append("\(number)::bigint")
        case (.number, .number(let number)): query.append("\(number)::double precision")
        case (.timestamp, .timestamp(let time)):
            query.append("\(PostgresTimestamp(microsecondsSince1970: time.microsecondsSince1970))::timestamptz")
        case (.texts, .texts(let texts)): query.append("\(texts)::text[]")
        case (.text, .text(let text)): query.append("\(text)::text")
        default: query.append(PostgresQuery(unsafeSQL: "null::\(type.postgresType)"))
        }
    }

    /// Splits `sql` at its parameters; quoted text, comments and `::` casts hold none.
    private static func pieces(of sql: String) -> [Piece] {
        let pattern = /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([a-z_][a-z0-9_]*)/
        var pieces: [Piece] = []
        var rest = sql.startIndex
        for match in sql.matches(of: pattern) {
            guard let name = match.output.1 else { continue }
            pieces.append(.text(sql[rest..<match.range.lowerBound]))
            pieces.append(.parameter(name))
            rest = match.range.upperBound
        }
        pieces.append(.text(sql[rest...]))
        return pieces
    }
}
