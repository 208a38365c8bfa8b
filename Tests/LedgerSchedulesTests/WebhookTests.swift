import Foundation
import LedgerReporting
import LedgerSchedules
import Testing
import WorkflowEvents

@Suite("Webhook requests")
struct WebhookTests {
    private let ledger = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))

    private func request(
        _ artifact: Artifact = .sample(body: "{\"a\":1}"), secret: String = "key",
        at time: String = "2026-11-27T05:00:01.5Z"
    ) throws -> WebhookRequest {
        WebhookRequest(
            artifact, to: try #require(URL(string: "https://example.com/hook")), secret: try WebhookSecret(secret.utf8),
            ledgerID: ledger, at: utc(time))
    }

    @Test("A request names what it delivers, and is signed")
    func headers() throws {
        let request = try request()
        #expect(request.url.absoluteString == "https://example.com/hook")
        #expect(request.body == Array("{\"a\":1}".utf8))
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        #expect(
            headers == [
                "Content-Type": "text/html; charset=utf-8",
                "Idempotency-Key": "39ebecc2ee2e06e32e5f2b6470e734b2f1e519684bc36a6cf27da37e7a0064d4",
                "Runledger-Timestamp": "1795755601",
                "Runledger-Signature": "v1=b504f33753dc997cd51c8a986da639b11a88b84d510611ed9f34cb1cc64a91e0",
                "Runledger-Schedule": "nightly",
                "Runledger-Report": "failures",
                "Runledger-Slot": "2026-11-27T05:00:00.000000Z",
                "Runledger-Rows-Sha256": String(repeating: "ab", count: 32),
            ])
    }

    @Test("The signature depends on the secret, the time and the body")
    func signature() throws {
        func signature(_ request: WebhookRequest) -> String? {
            request.headers.first { $0.name == "Runledger-Signature" }?.value
        }
        let signatures = [
            signature(try request()), signature(try request(secret: "kez")),
            signature(try request(at: "2026-11-27T05:00:02Z")), signature(try request(.sample(body: "{\"a\":2}"))),
        ]
        #expect(Set(signatures).count == 4)
        #expect(signature(try request(secret: "key\n")) == signatures[0])
        #expect(signature(try request(secret: "key\r\n")) == signatures[0])
        #expect(signature(try request(secret: "key\n\n")) != signatures[0])
    }

    @Test("The idempotency key is the same for every attempt, and another for everything else")
    func idempotency() throws {
        func key(_ artifact: Artifact, _ ledger: UUID) -> String {
            WebhookRequest.idempotencyKey(of: artifact, ledgerID: ledger)
        }
        let sample = Artifact.sample(body: "a")
        #expect(key(sample, ledger) == key(.sample(body: "b"), ledger))
        var others = [sample, sample, sample, sample]
        others[0].schedule = "other"
        others[1].report = "other"
        others[2].slot = utc("2026-11-27T05:01:00Z")
        others[3].format = .csv
        #expect(Set((others + [sample]).map { key($0, ledger) } + [key(sample, UUID())]).count == 6)
    }

    @Test("A name that a header cannot hold is escaped")
    func escaped() throws {
        let report = try request(.sample(report: "é\r\nX: y", body: "")).headers.first { $0.name == "Runledger-Report" }
        #expect(report?.value == "%C3%A9%0D%0AX%3A%20y")
    }

    @Test("A secret is not empty, not endless, and does not show itself")
    func secret() throws {
        let reason = "the secret of the webhook has 1 to 4096 bytes"
        let long = String(repeating: "x", count: 4096)
        for text in ["", "\n", "\r\n", long + "x", long + long] {
            #expect(message { () throws(ScheduleError) in _ = try WebhookSecret(text.utf8) } == reason)
        }
        #expect(try "\(WebhookSecret((long + "\r\n").utf8))" == "(secret)")
    }
}
