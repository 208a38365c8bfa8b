import Foundation
import LibPQ

/// The pages of PostgreSQL's that a pass touches, whether they were in its memory or not. They are counted by the
/// server and, other than seconds, say the same on every machine.
struct PassCost: Sendable {
    /// Of `sequence()`.
    var sequencing = 0.0
    /// Of reading what it numbered.
    var reading = 0.0
    /// Of `roll_up()`.
    var rollingUp = 0.0

    /// The mean of passes over `batchCount` batches each, which `commit` commits; nobody else may sequence meanwhile.
    ///
    /// The passes span more than the thousand batches after which `sequence()` looks no further back.
    static func measure(
        passes: Int, batchCount: Int, on connection: PostgresConnection, commit: (Int) async throws -> Void
    ) async throws -> PassCost {
        var cost = PassCost()
        for _ in 0..<passes {
            let head = try await connection.query("select sequence()")[0].decode(Int64.self)
            try await commit(batchCount)
            cost.sequencing += try await pages("select sequence()", on: connection)
            cost.reading += try await pages(
                "select count(node) from ledger_events_after(\(head), \(batchCount))", on: connection)
            cost.rollingUp += try await pages("select roll_up()", on: connection)
        }
        for part in [\PassCost.sequencing, \.reading, \.rollingUp] { cost[keyPath: part] /= Double(passes) }
        return cost
    }

    var text: String {
        "\(Int(sequencing)) pages a pass of sequence(), \(Int(reading)) to read it, \(Int(rollingUp)) to roll it up"
    }

    private static func pages(_ statement: String, on connection: PostgresConnection) async throws -> Double {
        let text = try await connection.query(
            PostgresQuery(unsafeSQL: "explain (analyze, buffers, timing off, format json) " + statement))[0]
            .decode(PostgresJSON.self)
        guard let plans = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]],
            let plan = plans.first?["Plan"] as? [String: Any], let hit = plan["Shared Hit Blocks"] as? Int,
            let read = plan["Shared Read Blocks"] as? Int
        else { throw FaultsError("the plan of \(statement) does not say which pages it touches") }
        return Double(hit + read)
    }
}
