import Foundation
import LedgerAccess
import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import NIOHTTP1
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

/// Texts that somebody might obey, in every field, and what comes of them at every way out.
@Suite("Hostile text", .timeLimit(.minutes(2)))
struct HostileTextTests {
    private typealias Object = [String: Any]

    /// Who sends it.
    private static let source = "=<script>alert(1)</script>\"'; --\u{202E}"

    /// An event with a text of its own in each of its fields.
    private static var events: [Object] { HostileText.texts.indices.map(event) }

    private static func event(_ index: Int) -> Object {
        let text = HostileText.texts[index]
        let name = HostileText.names[index % HostileText.names.count]
        return [
            "run_id": "\(name)\(index)", "node": name, "phase": "fail", "ts": "2025-11-18T12:00:00.000000Z",
            "duration_ms": index, "metrics": [text.isEmpty ? "-" : String(text.prefix(80)): 1], "issues": [text, name],
            "service": String(text.prefix(80)), "trace_id": text, "span_id": text,
        ]
    }

    private static func object(_ json: some StringProtocol) throws -> Object {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? Object, "\(json)")
    }

    /// Whether two values of JSON are one, texts byte for byte.
    private static func isSame(_ left: Any?, _ right: Any?) -> Bool {
        switch (left, right) {
        case (let left as String, let right as String): Array(left.utf8) == Array(right.utf8)
        case (let left as [Any], let right as [Any]):
            left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        case (let left as Object, let right as Object):
            // By the keys' bytes, for a dictionary takes two spellings of a character for one.
            isSame(left.keys.sorted(), right.keys.sorted()) && left.allSatisfy { isSame($1, right[$0]) }
        case (let left as NSNumber, let right as NSNumber): left == right
        default: false
        }
    }

    /// Whether `found`, an event as it was read, says what was sent.
    private static func expectSent(_ found: Object, _ comment: String) {
        let index = (found["duration_ms"] as? NSNumber)?.intValue ?? -1
        guard HostileText.texts.indices.contains(index) else {
            Issue.record("\(comment): \(found)")
            return
        }
        for (key, value) in event(index) { #expect(isSame(found[key], value), "\(comment): \(key) of \(found)") }
        #expect(isSame(found["source"], source), "\(comment)")
    }

    private func withHostileLedger(_ body: @Sendable (TestService) async throws -> Void) async throws {
        try await withTestLedger { ledger in
            let token = try await withLedgerPool(ledger.database, logger: TestLedger.logger) { pool in
                try await TokenRepository(pool: pool).create(name: Self.source, scopes: [.admin])
            }
            try await ledger.withService { service in
                let lines = try Self.events.map { event in
                    String(decoding: try JSONSerialization.data(withJSONObject: event), as: UTF8.self) + "\n"
                }
                let answer = try await service.post(
                    lines.joined(), type: "application/x-ndjson", headers: ["Authorization": "Bearer \(token)"])
                try #require(answer.status == 201, "\(answer.body)")
                try await body(service)
            }
            #expect(
                try await ledger.value("select count(*) from workflow_events", as: Int64.self)
                    == Int64(Self.events.count))
        }
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    @Test("Comes back as it was sent in lists of events, and finds itself as a filter")
    func queries() async throws {
        try await withHostileLedger { service in
            let all = try Self.object(try await service.get("/v1/events?limit=1000").body)
            let found = try #require(all["events"] as? [Object])
            #expect(found.count == Self.events.count)
            for event in found { Self.expectSent(event, "a list") }
            for event in Self.events {
                let runID = Self.escaped(event["run_id"] as? String ?? "")
                let node = Self.escaped(event["node"] as? String ?? "")
                let text = Self.escaped((event["issues"] as? [String])?.first ?? "")
                for path in ["/v1/events?run_id=\(runID)&node=\(node)&text=\(text)", "/v1/runs/\(runID)/events"] {
                    let answer = try await service.get(path)
                    let events = try Self.object(answer.body)["events"] as? [Object]
                    #expect(events?.count == 1, "\(path): \(answer.body)")
                    Self.expectSent(events?.first ?? [:], path)
                }
                let run = try Self.object(try await service.get("/v1/runs/\(runID)").body)
                #expect(Self.isSame((run["run"] as? Object)?["run_id"], event["run_id"]))
                #expect(Self.isSame((run["executions"] as? [Object])?.first?["node"], event["node"]))
                let runs = try Self.object(try await service.get("/v1/runs?node=\(node)").body)
                #expect((runs["runs"] as? [Object])?.isEmpty == false)
            }
        }
    }

    @Test("Comes back as it was sent in both kinds of stream, and no text begins a message")
    func streams() async throws {
        try await withHostileLedger { service in
            try await WebSocketClient.connect(service, "/v1/stream?after=0") { socket in
                for position in 1...Self.events.count {
                    let frame = try #require(try await socket.frame())
                    let event = try Self.object(frame.text)
                    #expect(event["position"] as? Int == position)
                    Self.expectSent(event, "a WebSocket")
                }
                #expect(try await socket.message()?.control == "caught_up")
            }
            let lines = try await service.serverSentEvents("?after=0", until: #""control":"caught_up""#)
            #expect(lines.count == 1 + 2 * Self.events.count + 2)
            for (index, pair) in lines.dropFirst().prefix(2 * Self.events.count).chunks(of: 2).enumerated() {
                #expect(pair[0] == "id: \(index + 1)")
                #expect(pair[1].hasPrefix("data: "))
                Self.expectSent(try Self.object(pair[1].dropFirst(6)), "server-sent events")
            }
            for event in Self.events {
                let runID = Self.escaped(event["run_id"] as? String ?? "")
                let filtered = try await service.serverSentEvents(
                    "?after=0&run_id=\(runID)", until: #""control":"caught_up""#)
                #expect(filtered.count == 1 + 2 + 2, "\(runID): \(filtered)")
            }
        }
    }

    static let reportNames = [
        "failures", "failures-by-node", "issue-summary", "metric-summary", "run-summary",
        "runs-with-issues", "slowest-executions", "sources",
    ]

    @Test("Is nothing but text in every report and format", arguments: reportNames)
    func reports(name: String) async throws {
        try await withHostileLedger { service in
            let json = try await service.get("/v1/reports/\(name)")
            let rows = try #require(try Self.object(json.body)["rows"] as? [Object])
            #expect(!rows.isEmpty)
            for row in rows { Self.expectKnown(row) }
            let lines = try await service.get("/v1/reports/\(name)?format=ndjson").body.split(separator: "\n")
            #expect(lines.count == rows.count)
            for (line, row) in zip(lines, rows) { #expect(Self.isSame(try Self.object(line), row)) }
            Self.expectPlainCells(try await service.get("/v1/reports/\(name)?format=csv").body, rowCount: rows.count)
            for format in ["markdown", "table", "html"] {
                let text = try await service.get("/v1/reports/\(name)?format=\(format)").body
                for scalar in text.unicodeScalars where scalar != "\n" {
                    let isCommand = scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
                    #expect(!isCommand, "U+\(String(scalar.value, radix: 16)) in \(format)")
                }
                if format == "table" { continue }
                for tag in ["<script", "<img", "<svg o", "</textarea"] {
                    #expect(!text.contains(tag), "\(tag) in \(format)")
                }
                // Between the tags of Markdown an apostrophe is one.
                #expect(format == "markdown" || !text.contains("onmouseover='"))
                #expect(format == "html" || !text.contains(/(^|[^\\])\]\(javascript/))
            }
        }
    }

    /// Who and what a row is about is as it was sent.
    private static func expectKnown(_ row: Object) {
        for (column, value) in row where ["run_id", "node", "source"].contains(column) {
            let isSent = events.contains { isSame($0[column], value) } || isSame(value, source)
            #expect(isSent || value is NSNull, "\(column): \(value)")
        }
    }

    /// The cells of a CSV file are as many in each line, and none is a formula.
    private static func expectPlainCells(_ csv: String, rowCount: Int) {
        var (rows, cell, isQuoted): ([[String]], String.UnicodeScalarView, Bool) = ([[]], .init(), false)
        for scalar in csv.unicodeScalars {
            switch scalar {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted, "\n" where !isQuoted:
                rows[rows.count - 1].append(String(cell))
                cell.removeAll()
                if scalar == "\n" { rows.append([]) }
            case "\r" where !isQuoted: break
            default: cell.append(scalar)
            }
        }
        #expect(rows.count == rowCount + 2 && rows.last == [])
        for row in rows.dropLast() {
            #expect(row.count == rows[0].count, "\(row)")
            for cell in row where Double(cell) == nil {
                let isFormula = cell.unicodeScalars.first.map { "=+-@\t\r\n".unicodeScalars.contains($0) } ?? false
                #expect(!isFormula, "\(cell)")
            }
        }
    }

    @Test("Comes back in the header fields of a report that was asked for it, on a line of its own")
    func parameters() async throws {
        try await withHostileLedger { service in
            for name in HostileText.texts {
                let answer = try await service.get("/v1/reports/failures?format=csv&node=\(Self.escaped(name))")
                #expect(answer.status == 200, "\(answer.body)")
                #expect(answer.headers["Set-Cookie"] == [])
                let parameters = try Self.object(try #require(answer.headers["Runledger-Parameters"].first))
                #expect(Self.isSame(parameters["node"], name))
            }
        }
    }

    @Test("With half a character or a NUL in it is refused, in every field")
    func unfit() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                for text in [#"\u0000"#, #"\ud800"#, #"\udc00x"#, #"\ud800\u0041"#] {
                    for field in [
                        #""run_id":"\#(text)""#, #""run_id":"r","node":"\#(text)""#, #""service":"\#(text)""#,
                        #""issues":["\#(text)"]"#, #""metrics":{"\#(text)":1}"#, #""trace_id":"\#(text)""#,
                        #""span_id":"\#(text)""#, #""\#(text)":1"#,
                    ] {
                        let rest = [#""run_id":"r""#, #""node":"N""#, #""phase":"end""#].filter {
                            !field.contains($0.prefix(9))
                        }
                        let answer = try await service.post("{\((rest + [field]).joined(separator: ","))}")
                        #expect([400, 422].contains(answer.status), "\(field): \(answer.status) \(answer.body)")
                    }
                }
                for query in ["run_id=%00", "node=a%00", "text=%00", "run_id=%FF", "run_id=%ED%A0%80", "%00=a"] {
                    #expect(try await service.get("/v1/events?\(query)").status == 400, "\(query)")
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 0)
        }
    }

    @Test("Makes no line of its own in the metrics")
    func metrics() async throws {
        try await withHostileLedger { service in
            for name in HostileText.names { _ = try await service.get("/v1/runs/\(Self.escaped(name))") }
            for line in try await service.get("/metrics").body.split(separator: "\n") {
                let isSample = line.wholeMatch(
                    of: /[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? [-+0-9.einf]+/)
                #expect(line.hasPrefix("# ") || isSample != nil, "\(line)")
            }
        }
    }
}

extension Collection {
    fileprivate func chunks(of count: Int) -> [[Element]] {
        reduce(into: []) { chunks, element in
            if chunks.last?.count ?? count == count { chunks.append([]) }
            chunks[chunks.count - 1].append(element)
        }
    }
}
