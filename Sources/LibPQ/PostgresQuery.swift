/// A statement with its bound values.
///
/// Interpolation binds: `"select * from runs where id = \(id)"` sends `$1` and the value apart. The two ways to put
/// text into the statement itself say so: `\(identifier: name)` quotes a name, `\(unsafeSQL: text)` splices.
package struct PostgresQuery: Sendable {
    private enum Part: Sendable {
        case text(String)
        case placeholder(Int)
    }

    private var parts: [Part]
    /// The values, `$1` first.
    package private(set) var bindings: [any PostgresEncodable]

    /// A statement with `$1`, `$2` … already in it, such as one from a file.
    package init(unsafeSQL sql: String, _ bindings: [any PostgresEncodable] = []) {
        parts = [.text(sql)]
        self.bindings = bindings
    }

    /// The statement as the server gets it.
    package var sql: String {
        if parts.count == 1, case .text(let text) = parts[0] { return text }
        var sql = ""
        for part in parts {
            switch part {
            case .text(let text): sql += text
            case .placeholder(let index): sql += "$\(index + 1)"
            }
        }
        return sql
    }

    /// Adds another piece, its values numbered on from this one's. The piece must be made by interpolation.
    package mutating func append(_ other: PostgresQuery) {
        for part in other.parts {
            switch part {
            case .text: parts.append(part)
            case .placeholder(let index): parts.append(.placeholder(bindings.count + index))
            }
        }
        bindings += other.bindings
    }

    /// The name in double quotes, inner ones doubled.
    package static func quote(identifier: String) -> String {
        "\"" + identifier.replacing("\"", with: "\"\"") + "\""
    }
}

extension PostgresQuery: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self.init(unsafeSQL: value)
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.query
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var query = PostgresQuery(unsafeSQL: "")

        package init(literalCapacity: Int, interpolationCount: Int) {
            query.parts.removeAll()
            query.parts.reserveCapacity(2 * interpolationCount + 1)
            query.bindings.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { query.parts.append(.text(literal)) }
        }

        /// Binds the value.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            query.parts.append(.placeholder(query.bindings.count))
            query.bindings.append(value)
        }

        /// Binds the value, or puts in `null`.
        package mutating func appendInterpolation(_ value: (some PostgresEncodable)?) {
            if let value { appendInterpolation(value) } else { appendLiteral("null") }
        }

        /// Puts in a name, quoted.
        package mutating func appendInterpolation(identifier name: String) {
            query.parts.append(.text(PostgresQuery.quote(identifier: name)))
        }

        /// Splices text that is not escaped in any way: never anything from outside.
        package mutating func appendInterpolation(unsafeSQL text: String) {
            query.parts.append(.text(text))
        }

        /// Puts in another query with its values.
        package mutating func appendInterpolation(_ piece: PostgresQuery) {
            query.append(piece)
        }
    }
}
