import Foundation
import LedgerReporting
import LedgerServiceTestSupport
import LedgerTestSupport
import NIOHTTP1
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Reports over HTTP", .timeLimit(.minutes(10)))
struct ReportTests {
    private static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("A report holds everything acknowledged before it was asked for, and repeats as of its position")
    func repeats() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<5, issue: "late"))
                let first = try await service.get("/v1/reports/average-duration")
                let answer = try Self.object(first.body)
                #expect(answer["as_of_position"] as? Int == 5)
                #expect((answer["rows"] as? [[String: Any]])?.first?["count"] as? Int == 5)
                #expect(answer["percentiles"] as? String == "exact")
                try await service.post(numberedEvents(5..<9))
                let again = try Self.object(try await service.get("/v1/reports/average-duration?as_of=5").body)
                #expect(again["rows_sha256"] as? String == answer["rows_sha256"] as? String)
                let now = try Self.object(try await service.get("/v1/reports/average-duration").body)
                #expect(now["as_of_position"] as? Int == 9)
                #expect(now["rows_sha256"] as? String != answer["rows_sha256"] as? String)
            }
        }
    }

    @Test(
        "The format is what Accept or format= asks for, and header fields tell what a manifest does",
        arguments: [
            ("", "application/json", "application/json"), ("", "text/csv", "text/csv; charset=utf-8; header=present"),
            ("", "text/html, */*", "text/html; charset=utf-8"),
            ("?format=markdown", "*/*", "text/markdown; charset=utf-8"),
            ("", "text/csv;q=0.1, text/html;q=0.2", "text/html; charset=utf-8"),
        ])
    func formats(query: String, accept: String, type: String) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<3))
                let answer = try await service.send(
                    .GET, "/v1/reports/sources\(query)", headers: ["Accept": accept])
                #expect(answer.status == 200)
                #expect(answer.headers["Content-Type"] == [type])
                #expect(answer.headers["Runledger-As-Of-Position"] == ["3"])
                #expect(answer.headers["Runledger-Rows-Sha256"].first?.count == 64)
                let policy = try #require(answer.headers["Content-Security-Policy"].first)
                #expect(policy.contains("style-src") == type.hasPrefix("text/html"))
            }
        }
    }

    @Test("A page does not run what an event says")
    func hostileText() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<1, issue: "<script>alert(1)</script>"))
                let page = try await service.get("/v1/reports/issue-summary?format=html").body
                #expect(!page.contains("<script"))
                #expect(page.contains("&lt;script&gt;alert(#)"))
            }
        }
    }

    @Test("Reports need the scope reports:read")
    func scope() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let answer = try await service.send(.GET, "/v1/reports", headers: ["Authorization": "Bearer rl_none"])
                #expect(answer.status == 401)
            }
        }
    }

    /// A report that answers what it is asked with.
    private static func echo() throws -> ReportCatalogue {
        let text = """
            -- title: Echo
            -- description: What it is asked with.
            -- parameter: nodes texts | Nodes.
            -- parameter: since timestamp | From when on.
            -- parameter: until timestamp | Until when.
            -- column: nodes texts
            -- column: n integer ms
            select :nodes as nodes, 1 as n from (select 1) x where :since is null and :until is null
            """
        return ReportCatalogue([try ReportDefinition(file: "echo.sql", text: text)])
    }

    @Test("A parameter of type texts may be given several times, another one once")
    func texts() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService(catalogue: Self.echo()) { service in
                let answer = try await service.get("/v1/reports/echo?nodes=A&nodes=B%20%C3%A9")
                #expect(answer.status == 200)
                let rows = try #require(try Self.object(answer.body)["rows"] as? [[String: Any]])
                #expect(rows.first?["nodes"] as? [String] == ["A", "B é"])
                let parameters = #"{"nodes":["A","B \u00e9"],"since":null,"until":null}"#
                #expect(answer.headers["Runledger-Parameters"] == [parameters])
                #expect(try await service.get("/v1/reports/echo?since=1h&since=2h").status == 400)
            }
        }
    }

    @Test("Header fields tell what a manifest does, and the API's description declares each of them")
    func headers() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<3))
                let answer = try await service.get(
                    "/v1/reports/average-duration?format=csv&node=%F0%9F%8E%B5"
                        + "&recorded_since=24h&recorded_until=2999-01-01")
                #expect(answer.status == 200)
                let expected = [
                    "Report": "average-duration", "Version": Release.version, "Row-Count": "0", "Truncated": "false",
                    "Percentiles": "exact", "As-Of-Position": "3", "Recorded-Until": "2999-01-01T00:00:00.000000Z",
                    "Parameters":
                        #"{"since":null,"until":null,"node":"\ud83c\udfb5","exact":false,"limit":null}"#,
                ]
                for (name, value) in expected { #expect(answer.headers["Runledger-\(name)"] == [value], "\(name)") }
                let columns = try #require(answer.headers["Runledger-Columns"].first)
                #expect(columns.hasPrefix(#"[{"name":"node","type":"text","unit":null},{"name":"count""#))
                let sent = Set(answer.headers.map(\.name.description).filter { $0.hasPrefix("Runledger-") })
                let description = try Self.object(try await service.get("/openapi.json").body)
                let declared = try #require(
                    (((description["paths"] as? [String: Any])?["/v1/reports/{name}"] as? [String: Any])?["get"]
                        as? [String: Any])?["responses"] as? [String: Any])
                let headers = try #require((declared["200"] as? [String: Any])?["headers"] as? [String: Any])
                #expect(Set(headers.keys) == sent)
            }
        }
    }

    @Test(
        "What nothing can be an answer to is refused",
        arguments: [
            ("since=1h&until=2h", "`since` must be before `until`: the window is empty."),
            ("since=2025-01-01&until=2025-01-01", "`since` must be before `until`: the window is empty."),
            ("recorded_since=1h&recorded_until=2h", "`recorded_since` must be before `recorded_until`: the window"),
            ("as_of=2999-01-01", "2999-01-01T00:00:00.000000Z has not come yet;"),
            ("recorded_since=yesterday", "recorded_since must be a time as in 2025-11-18T12:00:00Z, a date, or how"),
        ])
    func refused(query: String, sentence: String) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let answer = try await service.get("/v1/reports/failures?\(query)")
                #expect(answer.status == 400)
                #expect(try (Self.object(answer.body)["detail"] as? String)?.hasPrefix(sentence) == true)
            }
        }
    }
}
