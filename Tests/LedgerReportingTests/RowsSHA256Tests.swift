import Foundation
import LedgerReporting
import Testing

@Suite("The SHA-256 of rows")
struct RowsSHA256Tests {
    private func answer(_ columns: [String], _ rows: [[ReportValue]]) throws -> Report {
        try ReportFixtures.report(columns, rows: rows)
    }

    /// The blocks of JSON lines in docs/reports.md, each with the SHA-256 that stands behind it.
    private func vectors() throws -> [(rows: String, sha256: String)] {
        let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/reports.md")
        let text = try String(contentsOf: docs, encoding: .utf8)
        return text.matches(of: /```jsonl\n(.*?)```\n\n`([0-9a-f]{64})`/.dotMatchesNewlines()).map {
            (String($0.1), String($0.2))
        }
    }

    @Test("The documented rows have the documented SHA-256")
    func documented() throws {
        let time = ReportValue.timestamp(ReportFixtures.time(36_005))
        let answers = [
            try answer(
                ["node text", "failures integer", "executions integer", "rate number", "last_ts timestamp", "m text"],
                [["PLAN", 1, 2, 0.5, time, "the model timed out"]]),
            try answer(
                ["a text", "b integer", "c number", "d boolean", "e texts"],
                [
                    [.text("é \"/\\\n\u{1}\u{7F}"), -5, 12, .boolean(true), .texts([])],
                    [nil, .integer(.max), 1e-05, nil, .texts(["a", "ü"])],
                    ["", nil, 1.5e300, .boolean(false), nil],
                ]),
        ]
        let vectors = try vectors()
        #expect(vectors.count == answers.count)
        for (vector, answer) in zip(vectors, answers) {
            #expect(answer.rowsSHA256 == vector.sha256)
            #expect(Report.sha256(of: Array(vector.rows.utf8)) == vector.sha256)
        }
    }
}
