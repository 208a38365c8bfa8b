import LedgerReporting
import Testing

@Suite("Markdown")
struct MarkdownTests {
    private func cell(_ value: ReportValue) -> String {
        let table = DataTable(columns: [.init(name: "text", type: .text)], rows: [[value]])
        return String(table.markdown.split(separator: "\n")[2].dropFirst(2).dropLast(2))
    }

    @Test(
        "A text is shown as it is",
        arguments: [
            ("a|b", "a\\|b"), ("a\\|b", "a\\\\\\|b"), ("*a* _b_ ~~c~~", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~"),
            ("`code`", "\\`code\\`"), ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
            ("![x](y)", "\\!\\[x\\](y)"), ("<b>&amp;", "&lt;b&gt;&amp;amp;"), ("# title", "\\# title"),
            ("- item", "\\- item"), ("+ item", "\\+ item"), ("12. item", "12\\. item"), ("3) item", "3\\) item"),
            ("see 3.5-4", "see 3.5-4"), ("two\nlines\r\nmore", "two<br>lines<br>more"),
            ("https://example.com", "https\\://example.com"), ("www.example.com", "www\\.example.com"),
            ("$x$", "\\$x\\$"), ("a\u{1B}\u{202E}b", "a  b"), ("plain", "plain"),
        ])
    func escaping(text: String, markdown: String) {
        #expect(cell(.text(text)) == markdown)
    }

    @Test("A list is a line an element, nothing is a dash")
    func otherValues() {
        #expect(cell(.texts(["a|b", "c"])) == "a\\|b<br>c")
        #expect(cell(.null) == "–")
        #expect(cell(.timestamp(ReportFixtures.time(1))) == "2025-11-18 00:00:01Z")
    }

    @Test("Numbers are right-aligned, and no rows are said in words")
    func table() {
        let columns = [
            ReportDefinition.Column(name: "run_id", type: .text), .init(name: "rate", type: .number, unit: "ratio"),
        ]
        #expect(
            DataTable(columns: columns, rows: [[.text("r"), .number(0.5)], [.text("s"), .number(0.004)]]).markdown
                == """
                | run\\_id | rate |
                | --- | ---: |
                | r | 50.00 % |
                | s | 0.40 % |

                """)
        #expect(DataTable(columns: columns, rows: []).markdown == "No rows.\n")
    }
}
