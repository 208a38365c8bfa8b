import Foundation
import LibPQ

/// Asks `runledger report` and counts again.
struct ReportCheck: Sendable {
    let world: World
    let question: ReportQuestion
    /// The position of the last event, as of which the answer has to be.
    let head: Int64

    func check() async throws -> Check {
        let outcome = try await world.command(["report"] + question.arguments + ["--format", "json"])
        let recount = try await world.value(PostgresQuery(unsafeSQL: question.recount), as: String.self)
        let promise = "the report \(question.name) is what its events add up to"
        guard outcome.isGood,
            let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any],
            let rows = report["rows"] as? [[String: Any]],
            let expected = try JSONSerialization.jsonObject(with: Data(recount.utf8)) as? [[String: Any]]
        else { return Check(promise, "no answer", faults: [outcome.errors]) }
        var faults: [String] = []
        if report["as_of_position"] as? Int64 != head {
            faults.append("it is as of \(report["as_of_position"] ?? "nothing"), not \(head)")
        }
        if rows.count != expected.count { faults.append("it has \(rows.count) rows, not \(expected.count)") }
        for (row, other) in zip(rows, expected) {
            for (column, value) in other.sorted(by: { $0.key < $1.key }) where !Self.equal(row[column], value) {
                faults.append("\(column) is \(row[column] ?? "missing"), not \(value), in \(other)")
            }
        }
        return Check(promise, "\(rows.count) rows", faults: faults)
    }

    /// Whether two values of JSON are the same, numbers to the precision of a double.
    private static func equal(_ left: Any?, _ right: Any) -> Bool {
        switch (left, right) {
        case (let left as String, let right as String): return left == right
        case (let left as [String], let right as [String]): return left == right
        case (let left as NSNumber, let right as NSNumber):
            let (left, right) = (left.doubleValue, right.doubleValue)
            return abs(left - right) <= 1e-9 * max(1, abs(left))
        case (is NSNull, is NSNull): return true
        default: return false
        }
    }
}
