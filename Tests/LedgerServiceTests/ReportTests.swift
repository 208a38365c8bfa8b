import Foundation
import LedgerServiceTestSupport
import LedgerTestSupport
import NIOHTTP1
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Reports over HTTP", .timeLimit(.minutes(2)))
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
}
