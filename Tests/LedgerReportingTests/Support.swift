import EventLedger
import LedgerReporting
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

/// Gives `body` a ledger that holds ``FixedRuns``.
func withFixedRuns(_ body: (TestLedger) async throws -> Void) async throws {
    try await withTestLedger { ledger in
        let result = try await ledger.withRepository { try await $0.append(FixedRuns.events) }
        #expect(result.acceptedCount == FixedRuns.events.count)
        try await body(ledger)
    }
}

/// Gives `body` a ledger that holds ``FixedHistory``.
func withFixedHistory(_ body: (TestLedger) async throws -> Void) async throws {
    try await withTestLedger { ledger in
        try await ledger.store(FixedHistory.batches)
        try await body(ledger)
    }
}

extension TestLedger {
    /// The answer of a built-in report, which is the same before and after the events are rolled up.
    func report(
        _ name: String, _ arguments: [String: ReportValue] = [:], _ bounds: ReadBounds = ReadBounds()
    ) async throws -> Report {
        let definition = try ReportCatalogue.builtIn().report(name)
        return try await withReaderPool { pool in
            let report = try await ReportRunner(pool: pool).run(definition, arguments, bounds)
            try await Rollup(pool: pool).catchUp()
            let again = try await ReportRunner(pool: pool).run(definition, arguments, bounds)
            #expect(again.rows == report.rows, "\(name)")
            return report
        }
    }

    /// The rows of a built-in report that is asked as a command or a client of the API asks.
    func rows(
        _ name: String, _ texts: [String: String] = [:], _ bounds: ReadBounds = ReadBounds()
    ) async throws -> [[ReportValue]] {
        let definition = try ReportCatalogue.builtIn().report(name)
        let arguments = try ReportArguments.parse(
            texts.map { ($0.key, $0.value) }, for: definition, now: FixedHistory.time(100_000))
        return try await report(name, arguments, bounds).rows
    }

    /// The first column of ``rows(_:_:)``.
    func firstColumn(
        _ name: String, _ texts: [String: String] = [:], _ bounds: ReadBounds = ReadBounds()
    ) async throws -> [ReportValue] {
        try await rows(name, texts, bounds).map { $0[0] }
    }
}

/// 2025-11-18T12:00:00Z and so many seconds, as a cell.
func time(_ seconds: Int64) -> ReportValue { .timestamp(FixedHistory.time(seconds)) }

extension ReportValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(nilLiteral: ()) { self = .null }
}
