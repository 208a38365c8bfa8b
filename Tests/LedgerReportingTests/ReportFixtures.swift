import Foundation
import LedgerReporting
import WorkflowEvents

/// Answers as a ledger might give them, made by hand.
enum ReportFixtures {
    /// 2025-11-18 00:00:00 UTC and `seconds` more.
    static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(microsecondsSince1970: (1_763_424_000 + seconds) * 1_000_000)
    }

    /// The answer of a report with `columns`, each `name type [unit]`, and `chart`, if any.
    static func report(
        _ columns: [String], chart: String? = nil, rows: [[ReportValue]], isTruncated: Bool = false,
        percentiles: Report.Percentiles? = nil
    ) throws -> Report {
        let header = [
            "title: Failures & <findings>", "description: What failed, *how often*, and why.",
            "parameter: since timestamp | From when on.", "parameter: node text | Only this node.",
        ]
        let lines = header + columns.map { "column: \($0)" } + (chart.map { ["chart: \($0)"] } ?? [])
        let text = lines.map { "-- \($0)\n" }.joined() + "select :since, :node"
        return Report(
            definition: try ReportDefinition(file: "findings.sql", text: text),
            arguments: [
                ("since", .timestamp(Timestamp(microsecondsSince1970: 1_763_424_000_250_000))), ("node", .null),
            ],
            ledgerID: try uuid("0193a1c2-7d4e-7a10-9b6f-2f6d3a5e8c11"), asOfPosition: 1_234_567,
            generatedAt: time(259_200), rows: rows, isTruncated: isTruncated, percentiles: percentiles)
    }

    /// Bars with a long name, a hostile message, one without a number, and one below zero.
    static func bars() throws -> Report {
        try report(
            [
                "node text", "failures integer", "rate number ratio", "last_ts timestamp", "message text",
                "issues texts",
            ],
            chart: "bar node rate",
            rows: [
                [
                    .text("LYRICS"), .integer(1200), .number(0.125), .timestamp(time(0)), .text(hostile),
                    .texts(["=1+1|pipe", "second_issue"]),
                ],
                [
                    .text(String(repeating: "long.node.name.", count: 8)), .integer(-3), .number(-0.05),
                    .timestamp(time(3723)), .text("two\nlines"), .texts([]),
                ],
                [.text("REVIEW"), .integer(0), .null, .null, .null, .null],
            ], isTruncated: true)
    }

    /// Two lines over days, one of them with a gap.
    static func lines() throws -> Report {
        let rows = (0..<6).flatMap { day -> [[ReportValue]] in
            let bucket = ReportValue.timestamp(time(Int64(day) * 86_400))
            return [
                [bucket, .text("PLAN"), .number(Double(day) * 1500 + 250)],
                [bucket, .text("FIX"), day == 3 ? .null : .number(Double(5 - day) * 900)],
            ]
        }
        return try report(
            ["bucket timestamp", "node text", "p95_ms number ms"], chart: "line bucket p95_ms node", rows: rows,
            percentiles: .sketched)
    }

    /// No rows, though a chart is asked for.
    static func empty() throws -> Report {
        try report(["node text", "failures integer"], chart: "bar node failures", rows: [])
    }

    /// What a page may show, and nothing else may happen with it.
    static let hostile =
        #"<script>document.title="pwned"</script><img src=x onerror='document.title="pwned"'>"#
        + " javascript:alert(1) &amp;"

    private static func uuid(_ text: String) throws -> UUID {
        struct NoUUID: Error {}
        guard let uuid = UUID(uuidString: text) else { throw NoUUID() }
        return uuid
    }
}
