import LedgerReporting
import LibPQ
import Testing

@Suite("The header of a report's file")
struct ReportHeaderTests {
    private static let header = "-- title: T\n-- description: D\n-- column: n integer ms\n"

    @Test("Title, description, parameters, columns and chart are read")
    func wellFormed() throws {
        let definition = try ReportDefinition(
            file: "my-report.sql",
            text: """
                -- title: My report
                -- description: What it says: everything.
                -- A remark that is no key.
                -- parameter: node text | Only this node.
                -- column: node text
                -- column: n integer
                -- chart: bar node n

                select node, count(*) as n from events where node = :node and ':no' <> "node"::text -- :nothing
                """)
        #expect(definition.name == "my-report")
        #expect(definition.title == "My report")
        #expect(definition.summary == "What it says: everything.")
        #expect(definition.parameters.map(\.name) == ["node"])
        #expect(definition.columns == [.init(name: "node", type: .text), .init(name: "n", type: .integer)])
        #expect(definition.chart?.value == "n")
        #expect(definition.chart?.series == nil)
    }

    @Test("A chart may name the column whose values have a line each")
    func series() throws {
        let text =
            "-- title: T\n-- description: D\n-- column: day timestamp\n-- column: node text\n-- column: n integer\n"
        let definition = try ReportDefinition(file: "r.sql", text: text + "-- chart: line day n node\nselect 1")
        #expect(definition.chart?.kind == .line)
        #expect(definition.chart?.series == "node")
    }

    @Test("Line ends of another system, and a semicolon at the end, change nothing")
    func foreignLineEnds() throws {
        let text = Self.header + "select 1 as n\nfrom ledger;\n"
        let foreign = try ReportDefinition(file: "r.sql", text: text.replacing("\n", with: "\r\n"))
        #expect(foreign.sql == "select 1 as n\nfrom ledger")
        #expect(foreign.title == "T")
        #expect(foreign.columns == [.init(name: "n", type: .integer, unit: "ms")])
    }

    @Test(
        "What is wrong is told with file and line",
        arguments: [
            ("-- description: D\n-- column: n integer\nselect 1", "r.sql:1: the header has no `-- title:` line"),
            ("-- title: T\n-- column: n integer\nselect 1", "r.sql:1: the header has no `-- description:` line"),
            ("-- title: T\n-- description: D\nselect 1", "r.sql:1: no line `-- column: name type`"),
            ("-- title: T\n-- titel: T\nselect 1", "r.sql:2: unknown key `titel`"),
            (header + "-- column: m whole\nselect 1", "r.sql:4: `whole` is no type"),
            (header + "-- column: n integer\nselect 1", "r.sql:4: column `n` stands twice"),
            (header + "-- column: \"n\" integer\nselect 1", "r.sql:4: `\"n\"` is no name"),
            (header + "-- column: m\nselect 1", "r.sql:4: a column is written"),
            (header + "-- parameter: p text\nselect 1", "r.sql:4: a parameter is written"),
            (header + "-- parameter: P text | What.\nselect 1", "r.sql:4: `P` is no name"),
            (header + "-- chart: pie n n\nselect 1", "r.sql:4: a chart is written"),
            (header + "-- chart: bar n m\nselect 1", "r.sql:4: the chart names `m`"),
            (header + "-- chart: bar n n m\nselect 1", "r.sql:4: the chart names `m`"),
            (
                header + "-- column: t text\n-- chart: bar n t\nselect 1",
                "r.sql:5: the chart draws `t`, which is no number"
            ),
            (header + "\n  \n", "r.sql:6: there is no query below the header"),
            (header + "select 1 as n\nfrom events\nwhere node = :nod", "r.sql:6: the query uses :nod"),
        ])
    func wrong(text: String, message: String) throws {
        let error = #expect(throws: ReportError.self) { try ReportDefinition(file: "r.sql", text: text) }
        #expect(error?.code == .badDefinition)
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "no error")")
    }

    @Test("Every built-in report can be read, and its columns are the documented ones")
    func builtIn() throws {
        let reports = try ReportCatalogue.builtIn().definitions
        #expect(reports.map(\.name) == ["average-duration", "failures", "failures-by-node", "runs-with-issues"])
        #expect(
            reports.map { $0.columns.map(\.name).joined(separator: ", ") } == [
                "node, count, mean_ms, min_ms, max_ms, p50_ms, p90_ms, p95_ms, p99_ms",
                "ts, run_id, node, duration_ms, message, issues",
                "node, failures, executions, rate, last_ts, last_message",
                "run_id, issues, issue_count, first_ts, last_ts",
            ])
    }
}
