package import LibPQ
import WorkflowEvents
package import WorkflowEventsPostgres

/// Answers reports from a ledger, as its reader.
///
/// A report runs in a read-only transaction of its own, over views that end at the position it is true as of.
package struct ReportRunner: Sendable {
    private let pool: PostgresPool
    /// Rows of one answer; more are cut off and the answer says so.
    package var maximumRowCount = 10_000
    /// Bytes of one answer, roughly; what is more is cut off likewise.
    package var maximumByteCount = 64 << 20
    /// After this the database gives up.
    package var statementTimeout = Duration.seconds(60)

    /// Runs reports over connections of `pool`.
    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// The answer of `definition` with `arguments`, everything acknowledged before the call included unless `bounds` say
    /// otherwise.
    ///
    /// A parameter without an argument takes its default.
    ///
    /// - Throws: ``ReportError``; an error of the database connection, where a retry is safe.
    package func run(
        _ definition: ReportDefinition, _ arguments: [String: ReportValue] = [:], _ bounds: ReadBounds = ReadBounds()
    ) async throws -> Report {
        let arguments = try ReportArguments.complete(arguments, for: definition, now: .now)
        var bindings = arguments
        // A function that is told how much is wanted need not find the rest.
        if bindings[ReportDefinition.Parameter.limit] == .null {
            bindings[ReportDefinition.Parameter.limit] = .integer(Int64(maximumRowCount + 1))
        }
        let read = try await answer(query(definition, bindings, limit: maximumRowCount + 1), bounds, of: definition)
        var rows = try read.rows.map { row in
            try definition.columns.indices.map { try ReportValue(row, $0, as: definition.columns[$0].type) }
        }
        let bytes = try read.rows.last.map { Int(try $0.decode(definition.columns.count, as: Int64.self)) } ?? 0
        let isTruncated = rows.count > maximumRowCount || bytes > maximumByteCount
        if isTruncated { rows.removeLast() }
        return Report(
            definition: definition,
            arguments: definition.parameters.map { parameter in
                if parameter.type == .timestamp, let chosen = read.parameters[parameter.name] {
                    return (parameter.name, .timestamp(Timestamp(microsecondsSince1970: chosen)))
                }
                return (parameter.name, arguments[parameter.name] ?? .null)
            },
            ledgerID: read.ledgerID,
            asOfPosition: read.position,
            generatedAt: read.time,
            rows: rows,
            isTruncated: isTruncated,
            recordedSince: bounds.recordedSince,
            recordedUntil: bounds.recordedUntil,
            percentiles: definition.percentiles ?? read.percentiles.flatMap(Report.Percentiles.init(rawValue:)))
    }

    /// Has the database plan `definition`, without arguments and without running it.
    ///
    /// - Throws: ``ReportError`` `badDefinition` with file, line and reason; an error of the database connection, where
    ///   a retry is safe.
    package func check(_ definition: ReportDefinition) async throws {
        // Even a plan that folds what it can takes no row.
        let query = query(definition, [:], limit: 0)
        do {
            _ = try await pool.boundedRead(query, timeout: statementTimeout)
        } catch let error as PostgresError where error.code == .server && !error.isRetryable {
            throw ReportError.badDefinition(
                definition.file, Self.line(of: error, in: query, of: definition), error.message)
        }
    }

    private func query(
        _ definition: ReportDefinition, _ bindings: [String: ReportValue], limit: Int
    ) -> PostgresQuery {
        ReportQuery.bound(definition, bindings).projected(
            on: definition.columns.map { ($0.name, $0.type.postgresType) }, limit: limit,
            maximumBytes: maximumByteCount)
    }

    /// On which line of its file `definition` is at fault for `error`, as far as the database says.
    private static func line(of error: PostgresError, in query: PostgresQuery, of definition: ReportDefinition) -> Int {
        guard let position = error.position else { return definition.firstLine }
        let lineFeeds = query.sql.unicodeScalars.prefix(position - 1).count { $0 == "\n" }
        return definition.firstLine + max(0, lineFeeds - PostgresQuery.linesBeforeProjected)
    }

    /// What the ledger's own functions raise for an argument out of range.
    private static let badArgument = SQLState(rawValue: "RL006")

    private func answer(
        _ query: PostgresQuery, _ bounds: ReadBounds, of definition: ReportDefinition
    ) async throws -> BoundedRead {
        do {
            return try await pool.boundedRead(query, bounds, timeout: statementTimeout)
        } catch ReadBoundsError.beyondHead(let head) {
            throw ReportError(.badPosition, "The ledger ends at position \(head); ask as of that or an earlier one.")
        } catch ReadBoundsError.notRetained(let time) {
            throw ReportError(
                .badPosition, "Events before \(time.rfc3339) may have been removed since; ask as of a later position.")
        } catch {
            guard let error = error as? PostgresError, error.code == .server, !error.isRetryable else { throw error }
            if error.sqlState == Self.badArgument {
                let hint = error.hint.map { " \($0)" } ?? ""
                throw ReportError(
                    .badArgument, "The report `\(definition.name)` cannot be asked so: \(error.message).\(hint)")
            }
            if error.sqlState == .datetimeFieldOverflow {
                throw ReportError(
                    .badArgument, "The report `\(definition.name)` cannot be asked so: it leads to a time out of range."
                )
            }
            if error.sqlState == .queryCanceled {
                throw ReportError(
                    .tookTooLong, "The report `\(definition.name)` took longer than \(statementTimeout); ask for less.")
            }
            let line = Self.line(of: error, in: query, of: definition)
            throw ReportError(
                .failed, "The report `\(definition.name)` failed (\(definition.file):\(line)): \(error.message).")
        }
    }
}
