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
            ("-- title:\n-- column: n integer\nselect 1", "r.sql:1: `-- title:` says nothing"),
            (header + "-- title: U\nselect 1", "r.sql:4: `-- title:` stands twice"),
            (header + "\n-- column: m integer\nselect 1", "r.sql:5: `-- column:` stands below the header"),
            ("-- title: T\n-- description: D\nselect 1", "r.sql:1: no line `-- column: name type`"),
            ("-- title: T\n-- titel: T\nselect 1", "r.sql:2: unknown key `titel`"),
            (header + "-- column: m whole\nselect 1", "r.sql:4: `whole` is no type"),
            (header + "-- column: n integer\nselect 1", "r.sql:4: column `n` stands twice"),
            (header + "-- column: \"n\" integer\nselect 1", "r.sql:4: `\"n\"` is no name"),
            (header + "-- column: m\nselect 1", "r.sql:4: a column is written"),
            (header + "-- parameter: p text\nselect 1", "r.sql:4: a parameter is written"),
            (header + "-- parameter: P text | What.\nselect 1", "r.sql:4: `P` is no name"),
            (header + "-- parameter: p text |\nselect 1", "r.sql:4: a parameter is written"),
            (header + "-- parameter: p text required = a | What.\nselect 1", "r.sql:4: a parameter is written"),
            (header + "-- parameter: p whole | What.\nselect 1", "r.sql:4: `whole` is no type"),
            (header + "-- parameter: p integer = ten | What.\nselect 1", "r.sql:4: the default of `p` must be a whole"),
            (header + "-- parameter: p integer = | What.\nselect 1", "r.sql:4: the default of `p` must be a whole"),
            (header + "-- parameter: p boolean = yes | What.\nselect 1", "r.sql:4: the default of `p` must be true"),
            (
                header + "-- parameter: p duration = 1.5h | What.\nselect 1",
                "r.sql:4: the default of `p` must be a length"
            ),
            (
                header + "-- parameter: p text (a, b) = c | What.\nselect 1",
                "r.sql:4: the default of `p` must be one of a, b"
            ),
            (header + "-- parameter: p text (a, a) | What.\nselect 1", "r.sql:4: choices are written"),
            (header + "-- parameter: p text () | What.\nselect 1", "r.sql:4: choices are written"),
            (header + "-- parameter: p integer (1, 2) | What.\nselect 1", "r.sql:4: only a text has choices"),
            (
                header + "-- parameter: since text | What.\nselect 1",
                "r.sql:4: the parameter `since` is of type timestamp"
            ),
            (
                header + "-- parameter: as_of integer | What.\nselect 1",
                "r.sql:4: a parameter may not be called `as_of`"
            ),
            (header + "-- parameter: p text | What.\nselect 1 as n", "r.sql:4: the query does not use :p"),
            (
                header + "-- parameter: p text | A.\n-- parameter: p text | B.\nselect :p",
                "r.sql:5: parameter `p` stands twice"
            ),
            (header + "-- column: m duration\nselect 1", "r.sql:4: a column holds no duration"),
            (header + "-- column: m text ms\nselect 1", "r.sql:4: a unit is for numbers"),
            (header + "-- column: \(String(repeating: "m", count: 64)) text\nselect 1", "r.sql:4: `mmmm"),
            (header + "-- chart: pie n n\nselect 1", "r.sql:4: a chart is written"),
            (header + "-- chart: bar n m\nselect 1", "r.sql:4: the chart names `m`"),
            (header + "-- chart: bar n n\nselect 1", "r.sql:4: the chart names a column twice"),
            (
                header + "-- column: m text\n-- chart: bar n m\nselect 1",
                "r.sql:5: the chart shows `m`, which is no number"
            ),
            (header + "-- column: m text\n-- chart: bar m n m\nselect 1", "r.sql:5: the chart names a column twice"),
            (header + "-- chart: bar n n m\nselect 1", "r.sql:4: the chart names `m`"),
            (String(header.dropLast()), "r.sql:3: there is no query below the header"),
            (header + "\n  \n", "r.sql:6: there is no query below the header"),
            (header + "-- Nothing.\n/* Nothing */\n\n", "r.sql:7: there is no query below the header"),
            (header + "select 1 as n\nfrom events\nwhere node = :nod", "r.sql:6: the query uses :nod"),
            (header + "select 1 as n\nfrom events\nwhere node = $1", "r.sql:6: values are written :name, not $1"),
            (header + "insert into events values (1)", "r.sql:4: a report's query begins with SELECT or WITH"),
            (header + "\"select\" 1", "r.sql:4: a report's query begins with SELECT or WITH"),
            (header + "with gone as (\n  delete from runs returning 1) select 1 as n", "r.sql:5: a report only reads"),
            (header + "select 1 as n;\n-- And:\ndrop table ledger", "r.sql:6: a second statement begins here"),
            (header + "select 1 as n) as a, (select 2", "r.sql:4: this parenthesis closes none"),
            (header + "select (1 as n", "r.sql:4: this parenthesis is never closed"),
            (header + "select 1 as n\nwhere 'a' = 'b\n", "r.sql:5: what begins here with 'b has no end"),
            (header + "select 1 as n /* /* */", "r.sql:4: what begins here with /* has no end"),
            (header + "select 1 as \"n", "r.sql:4: what begins here with \"n has no end"),
            (header + "select $a$ 1 $b$", "r.sql:4: what begins here with $a has no end"),
            (header + "select 1 as n\nfrom Workflow_Events", "r.sql:5: a report may not read workflow_events"),
            (header + "select 1 as n from \"event_batches\"", "r.sql:4: a report may not read event_batches"),
            (header + "select 1 as n from runledger.ledger_events", "r.sql:4: a report may not read ledger_events"),
            (
                header + "select 1 as n from ledger_events_after(0)",
                "r.sql:4: a report may not read ledger_events_after"
            ),
            (header + "select 1 as n from workflow_events_2025_11", "r.sql:4: a report may not read workflow_events_"),
        ])
    func wrong(text: String, message: String) throws {
        let error = #expect(throws: ReportError.self) { try ReportDefinition(file: "r.sql", text: text) }
        #expect(error?.code == .badDefinition)
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "no error")")
    }

    @Test("Defaults, choices, required parameters and a chart's series are read")
    func parameters() throws {
        let definition = try ReportDefinition(
            file: "r.sql",
            text: """
                -- title: T
                -- description: D
                -- See also: the other one.
                -- parameter: bucket text (hour, day) = day | How long: hour | day.
                -- parameter: metric text required | Which.
                -- parameter: older_than duration=90s | How old.
                -- parameter: label text = a, b = c | What.
                -- column: node text
                -- column: bucket timestamp
                -- column: n integer
                -- chart: line bucket n node
                with x as (select 'workflow_events' as node, :bucket || :metric || :label as t, :older_than as o)
                (select * from x where node <> 'it''s $1; :no' /* ledger_events */)
                """)
        #expect(definition.parameters.map(\.defaultText) == ["day", nil, "90s", "a, b = c"])
        #expect(definition.parameters.map(\.isRequired) == [false, true, false, false])
        #expect(definition.parameters.map(\.choices) == [["hour", "day"], [], [], []])
        #expect(definition.parameters[0].summary == "How long: hour | day.")
        #expect(definition.chart?.kind == .line)
        #expect(definition.chart?.category == "bucket")
        #expect(definition.chart?.value == "n")
        #expect(definition.chart?.series == "node")
    }

    @Test("A byte order mark, and what stands behind a semicolon at the end, change nothing")
    func surroundings() throws {
        let definition = try ReportDefinition(
            file: "r.sql", text: "\u{FEFF}" + Self.header + "\nselect 1 as n; -- That is all.\n;\n")
        #expect(definition.sql == "select 1 as n")
        #expect(definition.title == "T")
    }

    @Test("Every built-in report can be read, and its columns are the documented ones")
    func builtIn() throws {
        let reports = try ReportCatalogue.builtIn().definitions
        #expect(
            reports.map { "\($0.name): \($0.columns.map(\.name).joined(separator: " "))" } == [
                "average-duration: node count mean_ms min_ms max_ms p50_ms p90_ms p95_ms p99_ms",
                "completeness: day source events batches first_position last_position first_recorded_at last_recorded_at missing",
                "duration-trend: bucket node count mean_ms p50_ms p95_ms",
                "failure-trend: bucket node failures executions rate",
                "failures: ts run_id node duration_ms message issues",
                "failures-by-node: node failures executions rate last_ts last_message",
                "issue-summary: issue count nodes runs first_ts last_ts",
                "late-events: lateness_ms ts recorded_at source run_id node phase position",
                "metric-summary: node metric count mean min max p95",
                "open-executions: run_id node started_at open_ms service",
                "period-comparison: node executions executions_before failures failures_before rate rate_before rate_change "
                    + "mean_ms mean_ms_before mean_ms_change",
                "run-summary: run_id status nodes_done executions failures issue_count event_count first_ts last_ts",
                "runs-with-issues: run_id issues issue_count first_ts last_ts",
                "slowest-executions: duration_ms run_id node phase ts issues",
                "sources: source events runs services first_ts last_ts first_recorded_at last_recorded_at",
            ])
        #expect(reports.allSatisfy { report in report.parameters.contains { $0.name == "limit" } })
    }
}
