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
            "a=b"
        ).csv
        let expected = [
            "text", "plain", "\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\nlines\"", "'=1+1", "'+1", "'-1", "'@cmd", "'\tx",
            "\"'\r\n=1\"", "\"\"\"\u{301}\"", "", "a=b",
        ]
        #expect(
            String(decoding: csv, as: UTF8.self).unicodeScalars.elementsEqual(
                (expected.joined(separator: "\r\n") + "\r\n").unicodeScalars))
    }

    @Test("CSV leaves numbers, times and lists as JSON has them")
    func csvTypes() {
        let table = DataTable(
            columns: [
                .init(name: "a", type: .integer), .init(name: "b", type: .number), .init(name: "c", type: .timestamp),
                .init(name: "d", type: .texts), .init(name: "e", type: .text),
            ],
            rows: [
                [.integer(-5), .number(0.25), .timestamp(Timestamp(microsecondsSince1970: 1)), .texts(["=x"]), .null]
            ])
        #expect(
            String(decoding: table.csv, as: UTF8.self)
                == "a,b,c,d,e\r\n-5,0.25,1970-01-01T00:00:00.000001Z,\"[\"\"=x\"\"]\",\r\n")
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

    @Test("No rows say so")
    func empty() {
        #expect(DataTable(columns: [.init(name: "n", type: .integer)], rows: []).text(width: 80) == "(no rows)\n")
    }
}
