package import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// Answers reports from a ledger, as its reader.
///
/// A report runs in a read-only transaction of its own, over views that end at the position it is true as of.
package struct ReportRunner: Sendable {
    private let pool: PostgresPool
    /// Rows of one answer; more are cut off and the answer says so.
    package var maximumRowCount = 10_000
    /// After this the database gives up.
    package var statementTimeout = Duration.seconds(60)

    /// Runs reports over connections of `pool`.
    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// The answer of `definition` with `arguments`, everything acknowledged before the call included.
    ///
    /// A parameter without an argument takes its default.
    ///
    /// - Throws: ``ReportError``; an error of the database connection, where a retry is safe.
    package func run(_ definition: ReportDefinition, _ arguments: [String: ReportValue] = [:]) async throws -> Report {
        let arguments = try ReportArguments.complete(arguments, for: definition, now: .now)
        let query = ReportQuery.bound(definition, arguments)
            .projected(on: definition.columns.map { ($0.name, $0.type.postgresType) }, limit: maximumRowCount + 1)
        let read = try await answer(query, of: definition)
        let rows = try read.rows.map { row in
            try definition.columns.indices.map { try ReportValue(row, $0, as: definition.columns[$0].type) }
        }
        return Report(
            definition: definition,
            arguments: definition.parameters.map { ($0.name, arguments[$0.name] ?? .null) },
            ledgerID: read.ledgerID,
            asOfPosition: read.position,
            generatedAt: read.time,
            rows: Array(rows.prefix(maximumRowCount)),
            isTruncated: rows.count > maximumRowCount)
    }

    /// What the ledger's own functions raise for an argument out of range.
    private static let badArgument = SQLState(rawValue: "RL006")

    private func answer(_ query: PostgresQuery, of definition: ReportDefinition) async throws -> BoundedRead {
        do {
            return try await pool.boundedRead(query, timeout: statementTimeout)
        } catch {
            guard let error = error as? PostgresError, error.code == .server, !error.isRetryable else { throw error }
            if error.sqlState == Self.badArgument {
                let hint = error.hint.map { " \($0)" } ?? ""
                throw ReportError(
                    .badArgument, "The report `\(definition.name)` cannot be asked so: \(error.message).\(hint)")
            }
            let reason =
                error.sqlState == .queryCanceled
                ? "took longer than \(statementTimeout); ask for less" : "failed: \(error.message)"
            throw ReportError(.failed, "The report `\(definition.name)` \(reason).")
        }
    }
}
