import LedgerReporting
import Testing
import WorkflowEvents

@Suite("Rendering a table")
struct RenderingTests {
    private func table(_ texts: String...) -> DataTable {
        DataTable(columns: [.init(name: "text", type: .text)], rows: texts.map { [.text($0)] })
    }

    @Test("CSV quotes what has to be quoted, and a spreadsheet finds no formula in it")
    func csv() {
        let csv = table(
            "plain", "a,b", "say \"hi\"", "two\nlines", "=1+1", "+1", "-1", "@cmd", "\tx", "\r\n=1", "\"\u{301}", "",
            "a=b", "  =1", "\u{A0}\u{200B}@x", "\u{FF1D}1", "\u{FF0B}1", "\u{FF0D}1", "\u{FF20}x", "-5", "a;=1", "a\t=1"
        ).csv
        let expected = [
            "text", "plain", "\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\nlines\"", "'=1+1", "'+1", "'-1", "'@cmd",
            "\"'\tx\"",
            "\"'\r\n=1\"", "\"\"\"\u{301}\"", "", "a=b",
            "'  =1", "'\u{A0}\u{200B}@x", "'\u{FF1D}1", "'\u{FF0B}1", "'\u{FF0D}1", "'\u{FF20}x", "'-5", "\"a;=1\"",
            "\"a\t=1\"",
        ]
        #expect(
            String(decoding: csv, as: UTF8.self).unicodeScalars.elementsEqual(
                (expected.joined(separator: "\r\n") + "\r\n").unicodeScalars))
    }

    @Test("CSV leaves numbers and times as JSON has them, and a list but for what would be formulas")
    func csvTypes() {
        let table = DataTable(
            columns: [
                .init(name: "a", type: .integer), .init(name: "b", type: .number), .init(name: "c", type: .timestamp),
                .init(name: "d", type: .texts), .init(name: "e", type: .text),
            ],
            rows: [
                [
                    .integer(-5), .number(-0.25), .timestamp(Timestamp(microsecondsSince1970: 1)), .texts(["=x", "y"]),
                    .null,
                ]
            ])
        #expect(
            String(decoding: table.csv, as: UTF8.self)
                == "a,b,c,d,e\r\n-5,-0.25,1970-01-01T00:00:00.000001Z,\"[\"\"'=x\"\",\"\"y\"\"]\",\r\n")
    }

    @Test("A table fits the width it is given by shortening the longest texts", arguments: [40, 60, 80])
    func width(width: Int) {
        let table = DataTable(
            columns: [
                .init(name: "run_id", type: .text), .init(name: "duration_ms", type: .integer, unit: "ms"),
                .init(name: "issues", type: .texts),
            ],
            rows: [
                [.text("run-1"), .integer(1234), .texts([String(repeating: "long ", count: 40), "second"])],
                [.text(String(repeating: "r", count: 100)), .integer(5), .texts([])],
            ])
        let lines = table.text(width: width).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.allSatisfy { $0.count <= width })
        #expect(lines[2].contains("run-1"))
        #expect(lines[2].contains("1234"))
        #expect(lines[2].hasSuffix("…"))
        #expect(table.text(width: nil).contains(String(repeating: "r", count: 100)))
    }

    @Test("A table shows no control character and turns no text around")
    func control() {
        let text = table("a\u{1B}[2Jb\nc", "x\u{202E}y", "z\u{2028}").text(width: nil)
        #expect(text.split(separator: "\n").count == 5)
        #expect(!text.unicodeScalars.contains { "\u{1B}\u{202E}\u{2028}".unicodeScalars.contains($0) })
    }

    @Test("Numbers are right-aligned, ratios are percentages, nothing is a dash")
    func cells() {
        let table = DataTable(
            columns: [
                .init(name: "node", type: .text), .init(name: "rate", type: .number, unit: "ratio"),
                .init(name: "mean", type: .number, unit: "ms"), .init(name: "last_ts", type: .timestamp),
            ],
            rows: [
                [.text("FIX"), .number(0.5), .number(1234.56), .timestamp(Timestamp(microsecondsSince1970: 0))],
                [.text("REVIEW"), .number(0), .null, .null],
            ])
        #expect(
            table.text(width: nil) == """
                node      rate    mean  last_ts
                ──────  ──────  ──────  ────────────────────
                FIX     50.0 %  1234.6  1970-01-01 00:00:00Z
                REVIEW   0.0 %       –  –

                """)
    }

    @Test("The difference of two ratios is in percentage points, in a table and on an axis")
    func differencesOfRatios() {
        let column = ReportDefinition.Column(name: "rate_change", type: .number, unit: "ratio-difference")
        let text = DataTable(columns: [column], rows: [[.number(-0.05)], [.number(0.125)]]).text(width: nil)
        #expect(
            text.split(separator: "\n").dropFirst(2).map { $0.trimmingPrefix { $0 == " " } } == ["-5.0 pp", "12.5 pp"])
        let scale = ValueScale([-0.05, 0.125], of: column, tickCount: 6)
        #expect(scale.label(of: 0.125) == "12.5 pp")
        #expect(scale.caption(of: column) == "rate_change, in percentage points")
    }

    @Test("A number is never shown as zero that is not")
    func smallNumbers() {
        let columns = [ReportDefinition.Column(name: "mean_ms", type: .number, unit: "ms")]
        let text = DataTable(columns: columns, rows: [[.number(12.5)], [.number(0.0042)], [.number(1e-9)]]).text(
            width: nil)
        #expect(
            text.split(separator: "\n").dropFirst(2).map { $0.trimmingPrefix(while: { $0 == " " }) } == [
                "12.500000", "0.004200", "1e-09",
            ])
    }

    @Test("No rows say so")
    func empty() {
        #expect(DataTable(columns: [.init(name: "n", type: .integer)], rows: []).text(width: 80) == "(no rows)\n")
    }
}
