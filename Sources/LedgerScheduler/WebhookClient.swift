import AsyncHTTPClient
import Foundation
import LedgerSchedules
import NIOCore
import NIOHTTP1
import WorkflowEvents

/// Sends requests to webhooks; its connections are closed when it goes.
final class WebhookClient: Sendable {
    private let client: HTTPClient

    /// From the first byte sent to the last received.
    private static let timeout = TimeAmount.seconds(30)
    /// Of an answer's body, which nobody reads.
    private static let maximumAnswerBytes = 1 << 16

    init() {
        var configuration = HTTPClient.Configuration()
        // A signed report is for the address that was named.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        configuration.httpVersion = .http1Only
        // The plan tries again by itself.
        configuration.connectionPool.retryConnectionEstablishment = false
        self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        client.shutdown { _ in }
    }

    /// Sends `webhook` once, and says what came back.
    ///
    /// - Parameter now: the time that a date in `Retry-After` is after.
    func send(_ webhook: WebhookRequest, now: Timestamp) async -> DeliveryOutcome {
        var request = HTTPClientRequest(url: webhook.url.absoluteString)
        request.method = .POST
        for header in webhook.headers { request.headers.add(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: webhook.body))
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            // A connection whose answer was read serves the next request too.
            _ = try? await response.body.collect(upTo: Self.maximumAnswerBytes)
            let retryAfter = response.headers.first(name: "Retry-After").flatMap { RetryAfter.delay($0, now: now) }
            return .response(status: Int(response.status.code), retryAfter: retryAfter)
        } catch {
            return .noResponse("the webhook did not answer: \(error)")
        }
    }
}
