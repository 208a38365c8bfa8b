import Foundation
import LedgerReporting
import LedgerSchedules
import Testing

@Suite("A file of schedules")
struct ScheduleFileTests {
    @Test("Everything that can be set is read")
    func full() throws {
        let schedules = try read(
            """
            schedules:
              - name: nightly-failures
                reports: [failures, failures-by-node]
                parameters: { node: LYRICS, limit: 100 }
                cron: "0 6 * * MON-FRI"
                time_zone: Europe/Zurich
                window: Yesterday
                formats: [html, csv]
                catch_up: all
                deliveries:
                  - directory: /var/reports
                    file: "{date}/{schedule}-{report}.{extension}"
                  - webhook: https://example.com:8443/hook?a=b
                    secret_env: RUNLEDGER_WEBHOOK_SECRET
                  - webhook: http://127.0.0.1/
                    secret_file: /run/secrets/hook
            """)
        let expected = Schedule(
            name: "nightly-failures", reports: ["failures", "failures-by-node"],
            parameters: ["node": "LYRICS", "limit": "100"], cron: try CronExpression("0 6 * * MON-FRI"),
            timeZone: zone("Europe/Zurich"), window: .previous(.day), formats: [.html, .csv], catchUp: .all,
            deliveries: [
                .directory(
                    path: "/var/reports", template: try FileNameTemplate("{date}/{schedule}-{report}.{extension}")),
                .webhook(
                    url: try #require(URL(string: "https://example.com:8443/hook?a=b")),
                    secret: .environment("RUNLEDGER_WEBHOOK_SECRET")),
                .webhook(url: try #require(URL(string: "http://127.0.0.1/")), secret: .file("/run/secrets/hook")),
            ])
        #expect(schedules == [expected])
    }

    @Test("What is not set has its default")
    func defaults() throws {
        let schedules = try read(
            """
            schedules:
            - name: a
              report: failures
              cron: "@daily"
              deliveries: [{directory: reports}]
            """)
        let expected = Schedule(
            name: "a", reports: ["failures"], parameters: [:], cron: try CronExpression("@daily"), timeZone: .gmt,
            window: .all, formats: [.html], catchUp: .latest,
            deliveries: [.directory(path: "reports", template: .standard)])
        #expect(schedules == [expected])
        #expect(try FileNameTemplate(FileNameTemplate.standard.text) == .standard)
    }

    @Test("All mistakes are named at once, by line")
    func allAtOnce() {
        let text = """
            schedules:
              - name: Nightly
                raport: failures
                report: failure
                cron: "0 25 * * *"
                time_zone: Europe/Zürich
                window: last fortnight
                formats: [html, pdf, html]
                catch_up: never
                deliveries:
                  - directory: /var/reports
                    file: "../{date}.html"
                  - webhook: ftp://example.com/
                    secret_env: MY SECRET
              - name: second
                report: failures-by-node
                parameters: { node: LYRICS, limit: many, nod: x }
                deliveries: []
            """
        #expect(
            mistakes(text) == [
                "s.yaml:2: `Nightly` is no name; a name has 1 to 64 lower-case letters, digits and hyphens",
                "s.yaml:3: unknown key `raport`; did you mean `report`?",
                "s.yaml:4: there is no report `failure`; did you mean `failures`?",
                "s.yaml:5: cron: hour: `25` is not allowed; allowed is 0–23",
                "s.yaml:6: `Europe/Zürich` is no time zone; did you mean `Europe/Zurich`?",
                "s.yaml:7: window: `last fortnight` is no window; allowed are last 90m, last 24h, last 7d, last 2w, today, "
                    + "yesterday, this week, last week, month to date, last month, quarter to date, last quarter, "
                    + "year to date, last year and all",
                "s.yaml:8: `html` stands twice in `formats`",
                "s.yaml:8: `pdf` is no format; known are csv, html, json, markdown, ndjson, table",
                "s.yaml:9: `never` is no way to catch up; the ways are all, latest and none",
                "s.yaml:12: file: `../{date}.html` could leave its directory through `..`",
                "s.yaml:13: `webhook` begins with https:// or http://",
                "s.yaml:14: `secret_env` is the name of an environment variable: letters, digits and underscores",
                "s.yaml:15: the key `cron` is missing",
                "s.yaml:17: `limit` of the report `failures-by-node` must be a whole number, 1 or more, not `many`",
                "s.yaml:17: the report `failures-by-node` has no parameter `nod`; did you mean `node`?",
                "s.yaml:18: `deliveries` is empty",
            ])
    }

    @Test(
        "Each mistake has its line and its reason",
        arguments: [
            ("name: [a]", 2, "`name` is a text"),
            ("name:", 2, "`name` has no value"),
            ("name: ~", 2, "`name` has no value"),
            ("name: \(String(repeating: "a", count: 65))", 2, nil),
            ("report: {a: b}", 3, "`report` is a text"),
            (
                "report: nothing-like-it", 3,
                "there is no report `nothing-like-it`; known are failures, failures-by-node"
            ),
            ("reports: [failures]", 6, "`report` and `reports` exclude each other"),
            ("parameters: [a]", 6, "`parameters` is a mapping, `key: value`"),
            ("parameters: {node: [a]}", 6, "`node` is a text"),
            ("parameters: {node: null}", 6, "`node` has no value"),
            (
                "parameters: {limit: 1.5}", 6,
                "`limit` of the report `failures` must be a whole number, 1 or more, not `1.5`"
            ),
            ("parameters: {rate: x}", 6, "`rate` of the report `failures` must be a number as in 0.5, not `x`"),
            ("parameters: {rate: 1e999}", 6, "`rate` of the report `failures` must be a number as in 0.5, not `1e999`"),
            ("parameters: {exact: yes}", 6, "`exact` of the report `failures` must be true or false, not `yes`"),
            (
                "parameters: {since: yesterday}", 6,
                "`since` of the report `failures` must be a time as in 2025-11-18T12:00:00Z, a date, or how long ago, as "
                    + "in 90m, 24h or 7d, not `yesterday`"
            ),
            (
                "parameters: {longer: 90}", 6,
                "`longer` of the report `failures` must be a length of time as in 90s, 15m, 24h, 7d or 2w, not `90`"
            ),
            (
                "parameters: {entirely: new}", 6,
                "the report `failures` has no parameter `entirely`; known are exact, limit, longer, node, rate, since, "
                    + "until"
            ),
            ("cron: 5", 4, nil),
            ("cron: [1]", 4, "`cron` is a text"),
            ("cron: 0 0 30 2 *", 4, "cron: `0 0 30 2 *` never comes due: none of its months has such a day of month"),
            ("cron: * * * * *", 4, "a value that begins with * stands in quotes: \"* * * * *\""),
            ("time_zone: GMT+3", 6, "`GMT+3` is no time zone; one is named as in the tz database: UTC, Europe/Zurich"),
            ("time_zone: ../../etc/passwd", 6, nil),
            ("time_zone: europe/zurich", 6, "`europe/zurich` is no time zone; did you mean `Europe/Zurich`?"),
            ("window: 7", 6, nil),
            ("formats: html", 6, "`formats` is a list, `[a, b]`"),
            ("formats: []", 6, "`formats` is empty"),
            ("formats: [htm]", 6, "`htm` is no format; did you mean `html`?"),
            ("catchup: all", 6, "unknown key `catchup`; did you mean `catch_up`?"),
            ("[a, b]: all", 6, "a key is a plain text"),
            ("<<: {catch_up: all}", 6, nil),
            ("? &k catch_up\n  : all\n  *k : none", 8, "the key `catch_up` stands more than once in one mapping"),
            ("deliveries:", 5, "`deliveries` has no value"),
            ("deliveries: {directory: a}", 5, "`deliveries` is a list, `[a, b]`"),
            ("deliveries: [a]", 5, "a delivery is a mapping, `key: value`"),
            ("deliveries: [{file: a}]", 5, "a delivery has the key `directory` or `webhook`"),
            (
                "deliveries: [{directory: a, webhook: 'http://a', secret_env: A}]", 5,
                "`directory` and `webhook` exclude each other; write two deliveries"
            ),
            ("deliveries: [{directory: a, secret_env: A}]", 5, "`secret_env` has no meaning beside `directory`"),
            (
                "deliveries: [{webhook: 'http://a', secret_env: A, file: '{slot}'}]", 5,
                "`file` has no meaning beside `webhook`"
            ),
            ("deliveries: [{directory: a}, {directory: a}]", 5, "this directory stands twice in one schedule"),
            (
                "deliveries: [{webhook: 'http://a', secret_env: A}, {webhook: 'http://a', secret_file: b}]", 5,
                "this webhook stands twice in one schedule"
            ),
            ("deliveries: [{directory: a, file: /a/{slot}}]", 5, nil),
            ("deliveries: [{webhook: 'http://a'}]", 5, nil),
            (
                "deliveries: [{webhook: 'http://a', secret_env: A, secret_file: b}]", 5,
                "`secret_env` and `secret_file` exclude each other"
            ),
            ("deliveries: [{webhook: a b, secret_env: A}]", 5, "`webhook` is no URL of at most 2048 bytes"),
            ("deliveries: [{webhook: example.com, secret_env: A}]", 5, "`webhook` begins with https:// or http://"),
            ("deliveries: [{webhook: 'https:///hook', secret_env: A}]", 5, "`webhook` names no host"),
            (
                "deliveries: [{webhook: 'https://me:hunter2@example.com/', secret_env: A}]", 5,
                "`webhook` holds no user or password; the request is signed with the secret instead"
            ),
            ("deliveries: [{webhook: 'https://a/#b', secret_env: A}]", 5, nil),
        ] as [(String, Int, String?)])
    func mistake(_ line: String, _ number: Int, _ reason: String?) throws {
        var lines = [
            "schedules:", "- name: a", "  report: failures", "  cron: '@daily'", "  deliveries: [{directory: a}]",
        ]
        let key = line.prefix { $0 != ":" }
        if let index = lines.firstIndex(where: { $0.dropFirst(2).hasPrefix("\(key):") }) {
            lines[index] = lines[index].prefix(2) + line
        } else {
            lines.append("  " + line)
        }
        let mistakes = mistakes(lines.joined(separator: "\n"))
        try #require(mistakes.count == 1, "\(mistakes)")
        #expect(mistakes[0].hasPrefix("s.yaml:\(number): "))
        if let reason { #expect(mistakes[0] == "s.yaml:\(number): \(reason)") }
        #expect(!mistakes[0].contains("hunter2"))
    }

    @Test(
        "A text that is no YAML is refused with the line",
        arguments: [
            ("schedules:\n  - name: 'a\n", 2...3), ("schedules:\n\t- name: a\n", 2...2), ("schedules: [\n", 1...2),
            ("schedules: []\n---\na: b\n", 2...2), ("schedules: []\nschedules: []\n", 1...2),
            ("schedules:\n  a: b\n c: d\n", 3...3), ("a\nb\u{0}c\n", 2...2), ("schedules: *nothing\n", 1...1),
            ("schedules: &a [*a]\n", 1...1), ("a: &x 1\nb: &x 2\n", 2...2), ("schedules: &a *a\n", 1...1),
            ("", 1...1), ("# nothing\n", 1...1), ("[]", 1...1), ("schedules:\n", 1...1),
            (String(repeating: "[", count: 50_000), 1...1),
        ])
    func notYAML(_ text: String, _ lines: ClosedRange<Int>) throws {
        let error = try #require(throws: ScheduleError.self) { try ScheduleFile(text, file: "s.yaml", reports: [:]) }
        #expect(error.code == .badFile)
        try #require(error.mistakes.count == 1, "\(error)")
        #expect(lines ~= error.mistakes[0].line, "\(error)")
    }

    @Test("A name stands once in a file")
    func duplicateNames() {
        #expect(
            mistakes(
                """
                schedules:
                - {name: a, report: failures, cron: '@daily', deliveries: [{directory: x}]}
                - {name: b, report: failures, cron: '@daily', deliveries: [{directory: x}]}
                - {name: a, report: failures, cron: '@daily', deliveries: [{directory: y}]}
                """) == ["s.yaml:4: the name `a` is taken by the schedule on line 2"])
    }

    @Test("A window and arguments for its ends exclude each other")
    func windowAndEnds() {
        func text(_ rest: String) -> String {
            """
            schedules:
            - name: a
              report: failures
              cron: '@daily'
              deliveries: [{directory: x}]
              parameters: {since: "2025-01-01T00:00:00Z", until: "2026-01-01T00:00:00Z"}
            """ + rest
        }
        #expect(mistakes(text("")) == [])
        #expect(
            mistakes(text("\n  window: today")) == [
                "s.yaml:6: `since` is set by the window; leave out the one or the other",
                "s.yaml:6: `until` is set by the window; leave out the one or the other",
            ])
    }

    @Test("A time is also a date, or how long before the slot")
    func relativeTimes() throws {
        let schedules = try read(
            """
            schedules:
            - name: a
              report: failures
              cron: "@daily"
              parameters: {since: 24h, until: 2025-11-18}
              deliveries: [{directory: reports}]
            """)
        #expect(schedules.map(\.parameters) == [["since": "24h", "until": "2025-11-18"]])
    }

    @Test("A report that cannot be bounded in time takes no window")
    func unbounded() {
        let text = """
            schedules:
            - {name: a, report: open, cron: '@daily', deliveries: [{directory: x}], window: today}
            - {name: b, report: open, cron: '@daily', deliveries: [{directory: x}], window: all}
            """
        #expect(
            mistakes(text, reports: ["open": parameters(["until": .text])]) == [
                "s.yaml:2: the report `open` has no parameter `since` that a window could set",
                "s.yaml:2: the report `open` has no parameter `until` that a window could set",
            ])
    }

    @Test("What a report cannot do without is missed, unless it is given or a window sets it")
    func needed() throws {
        let text = """
            schedules:
            - {name: a, report: one, cron: '@daily', deliveries: [{directory: x}]}
            - {name: b, report: one, cron: '@daily', deliveries: [{directory: y}], parameters: {team: t}, window: today}
            - {name: c, report: one, cron: '@daily', deliveries: [{directory: z}], parameters: {team: t}, window: all}
            """
        let error = try #require(throws: ScheduleError.self) {
            try ScheduleFile(
                text, file: "s.yaml",
                reports: [
                    "one": parameters(["team": .text, "since": .timestamp], isRequired: true)
                        + parameters(["until": .timestamp])
                ])
        }
        #expect(
            error.mistakes.map(\.description) == [
                "s.yaml:2: the report `one` needs the parameter `since`",
                "s.yaml:2: the report `one` needs the parameter `team`",
                "s.yaml:4: the report `one` needs the parameter `since`",
            ])
    }

    @Test(
        "File names that would be the same are refused",
        arguments: [
            ("cron: '@daily'", "{report}.html", "add {date} or {slot}, else every slot writes the same file"),
            (
                "cron: '@hourly'", "{date}.html",
                "add {slot}, or {date} and {time}, else several slots of a day write the same file"
            ),
            (
                "cron: '0 6,18 * * *'", "{time}.html",
                "add {slot}, or {date} and {time}, else several slots of a day write the same file"
            ),
            (
                "cron: '@daily', reports: [failures, failures-by-node]", "{date}.html",
                "add {report}, else all reports of the schedule are the same file"
            ),
            (
                "cron: '@daily', formats: [html, csv]", "{date}-{report}",
                "add {extension} or {format}, else all formats of a report are the same file"
            ),
            ("cron: '@hourly'", "{date}{time}", nil), ("cron: '@hourly'", "{slot}", nil),
            ("cron: '@daily'", "{date}", nil),
            (
                "cron: '@daily', reports: [failures, failures-by-node], formats: [json, csv]", "{slot}{report}{format}",
                nil
            ),
        ] as [(String, String, String?)])
    func ambiguous(_ keys: String, _ template: String, _ reason: String?) {
        let report = keys.contains("reports") ? "" : "report: failures, "
        let text = """
            schedules:
            - { name: a, \(report)\(keys),
                deliveries: [{directory: x,
                  file: '\(template)'}] }
            """
        #expect(mistakes(text) == (reason.map { ["s.yaml:4: file: `\(template)`: \($0)"] } ?? []))
    }

    @Test("Two schedules that would write the same files are refused")
    func collision() {
        func text(_ template: String, _ report: String) -> String {
            """
            schedules:
            - {name: a, report: failures, cron: '@daily', deliveries: [{directory: x, file: '\(template)'}]}
            - {name: b, report: \(report), cron: '@daily', deliveries: [{directory: x, file: '\(template)'}]}
            """
        }
        #expect(
            mistakes(text("{date}-{report}", "failures"))
                == ["s.yaml:3: the schedule `a` writes files of these names too; add {schedule}"])
        #expect(mistakes(text("{date}-{report}", "failures-by-node")) == [])
        #expect(mistakes(text("{schedule}-{date}", "failures")) == [])
    }

    @Test("Anchors and aliases stand for what they name, and a star stays a star")
    func aliases() throws {
        let schedules = try read(
            """
            schedules:
            - name: a
              report: failures
              parameters: {node: "*a *b"}
              cron: &often "*/5 * * * *"
              deliveries: &there
              - directory: x
                file: "{schedule}/{slot}"
            - name: b
              report: failures
              parameters: {node: a*b}
              cron: *often
              deliveries: *there
            """)
        #expect(schedules.map(\.cron.text) == ["*/5 * * * *", "*/5 * * * *"])
        #expect(schedules.map { $0.parameters["node"] } == ["*a *b", "a*b"])
        #expect(schedules[0].deliveries == schedules[1].deliveries)
    }

    @Test("Aliases of aliases do not grow, as values or as keys")
    func bombs() {
        var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            lines.append("a\(level): &a\(level) [\(aliases)]")
        }
        lines.append("? *a30\n: x\n? [*a30, *a30]\n: y\nschedules: *a30")
        let start = ContinuousClock.now
        #expect(!mistakes(lines.joined(separator: "\n")).isEmpty)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("Limits are named")
    func limits() {
        func text(_ schedules: [String]) -> String { "schedules:\n" + schedules.joined(separator: "\n") }
        func schedule(_ number: Int, _ deliveries: Int = 1) -> String {
            let places = (0..<deliveries).map { "{directory: x\($0)}" }.joined(separator: ", ")
            return "- {name: s\(number), report: failures, cron: '@daily', deliveries: [\(places)]}"
        }
        #expect(mistakes(text((0..<200).map { schedule($0) })) == [])
        #expect(
            mistakes(text((0..<201).map { schedule($0) }))
                == ["s.yaml:2: `schedules` has 201 items; at most 200 are allowed"])
        #expect(mistakes(text([schedule(1, 10)])) == [])
        #expect(mistakes(text([schedule(1, 11)])) == ["s.yaml:2: `deliveries` has 11 items; at most 10 are allowed"])
        let parameters = (0..<51).map { "p\($0): 1" }.joined(separator: ", ")
        #expect(
            mistakes(text([schedule(1).replacing("name:", with: "parameters: {\(parameters)}, name:")]))
                == ["s.yaml:2: `parameters` has 51 keys; at most 50 are read"])
        let padded = text([schedule(1)]) + "\n#"
        let exact = padded + String(repeating: " ", count: ScheduleFile.maximumBytes - padded.utf8.count)
        #expect(mistakes(exact) == [])
        #expect(mistakes(exact + " ") == ["s.yaml:1: a file of schedules has at most 256 KiB"])
    }
}

// MARK: - Support

private let reports = [
    "failures": parameters([
        "since": .timestamp, "until": .timestamp, "node": .text, "limit": .integer, "rate": .number, "exact": .boolean,
        "longer": .duration,
    ]),
    "failures-by-node": parameters(["since": .timestamp, "until": .timestamp, "node": .text, "limit": .integer]),
]

private func parameters(
    _ types: [String: ReportType], isRequired: Bool = false
) -> [ReportDefinition.Parameter] {
    types.map { .init(name: $0.key, type: $0.value, isRequired: isRequired, summary: "A parameter.") }
}

private func read(_ text: String) throws -> [Schedule] {
    try ScheduleFile(text, file: "s.yaml", reports: reports).schedules
}

private func mistakes(_ text: String, reports: [String: [ReportDefinition.Parameter]] = reports) -> [String] {
    message { () throws(ScheduleError) in _ = try ScheduleFile(text, file: "s.yaml", reports: reports) }
        .split(separator: "\n").map(String.init)
}
