import HTTPTypes
import Foundation
import Hummingbird
import WorkflowEvents

/// The parameters of a query, each known and in range, or the request is refused.
struct QueryParameters {
    private let values: [String: [String]]

    /// Reads the query of `request`, which may name only what `names` holds.
    ///
    /// - Throws: ``Problem`` 400.
    init(_ request: Request, _ names: Set<String>) throws(Problem) {
        var values: [String: [String]] = [:]
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (name, text) = (Self.decoded(parts[0]), Self.decoded(parts.count > 1 ? parts[1] : ""))
            guard let name, let text else {
                throw Problem(.badRequest, "The query holds an escape that is no UTF-8 text.")
            }
            guard !name.isEmpty else {
                throw Problem(.badRequest, "The query holds a parameter without a name.")
            }
            // PostgreSQL's text cannot hold it, so that nothing is called so.
            guard !text.utf8.contains(0) else {
                throw Problem(.badRequest, "\(name.prefix(100)) holds a NUL character (U+0000).")
            }
            guard names.contains(name) else {
                let known = names.sorted().joined(separator: ", ")
                throw Problem(
                    .badRequest,
                    "There is no parameter \(name.prefix(100)) here; there are \(known.isEmpty ? "none" : known).")
            }
            values[name, default: []].append(text)
        }
        self.values = values
    }

    /// Form encoding: a plus sign is a space.
    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }

    /// Every value of `name`.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// The value of `name`, which may be given once.
    func one(_ name: String) throws(Problem) -> String? {
        let all = all(name)
        guard all.count < 2 else { throw Problem(.badRequest, "\(name) is given twice.") }
        return all.first
    }

    /// The value of `name` as a number in `range`.
    func integer(_ name: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let text = try one(name) else { return nil }
        guard let value = Int64(text), range.contains(value) else {
            throw Problem(
                .badRequest, "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    /// The value of `cursor` in a list whose pages end with a number.
    var numberCursor: Int64? {
        get throws(Problem) {
            guard let text = try one("cursor") else { return nil }
            guard let number = Int64(text), number > 0, number < .max else { throw Self.badCursor }
            return number
        }
    }

    static let badCursor = Problem(.badRequest, "cursor must be the next_cursor of an earlier page.")

    /// The value of `name` as a time.
    func timestamp(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = try one(name) else { return nil }
        // An offset whose plus sign was not escaped arrives as a space.
        guard let time = Timestamp(rfc3339: text.replacing(" ", with: "+")) else {
            throw Problem(.badRequest, "\(name) must be a time as in 2025-11-18T12:00:00Z (RFC 3339).")
        }
        return time
    }

    /// The value of `name` as one of an enumeration's.
    func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Value.Type = Value.self
    ) throws(Problem) -> Value? {
        guard let text = try one(name) else { return nil }
        return try Self.value(name, text)
    }

    /// Every value of `name`, each one of an enumeration's.
    func choices<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Value.Type = Value.self
    ) throws(Problem) -> [Value] {
        var choices: [Value] = []
        for text in all(name) { choices.append(try Self.value(name, text)) }
        return choices
    }

    private static func value<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ text: String
    ) throws(Problem) -> Value {
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badRequest, "\(name) must be one of \(known).")
        }
        return value
    }

    /// The value of `name` as true or false.
    func flag(_ name: String) throws(Problem) -> Bool? {
        switch try one(name) {
        case nil: nil
        case "true": true
        case "false": false
        default: throw Problem(.badRequest, "\(name) must be true or false.")
        }
    }
}
