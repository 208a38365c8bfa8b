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
    /// - Throws: ``ReportError``; an error of the database connection, where a retry is safe.
    package func run(_ definition: ReportDefinition, _ arguments: [String: ReportValue] = [:]) async throws -> Report {
        try check(arguments, of: definition)
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

    private func check(_ arguments: [String: ReportValue], of definition: ReportDefinition) throws(ReportError) {
        for (name, value) in arguments.sorted(by: { $0.key < $1.key }) {
            guard let parameter = definition.parameters.first(where: { $0.name == name }) else {
                throw ReportError(.badArgument, "The report `\(definition.name)` has no parameter `\(name)`.")
            }
            // As null it would say nothing, and the answer would be to another question.
            guard value.type == nil || value.type == parameter.type else {
                throw ReportError(
                    .badArgument,
                    "The parameter `\(name)` of report `\(definition.name)` takes a value of type \(parameter.type).")
            }
        }
    }

    private func answer(_ query: PostgresQuery, of definition: ReportDefinition) async throws -> BoundedRead {
        do {
            return try await pool.boundedRead(query, timeout: statementTimeout)
        } catch {
            guard let error = error as? PostgresError, error.code == .server, !error.isRetryable else { throw error }
            let reason =
                error.sqlState == .queryCanceled
                ? "took longer than \(statementTimeout); ask for less" : "failed: \(error.message)"
            throw ReportError(.failed, "The report `\(definition.name)` \(reason).")
        }
    }
}
