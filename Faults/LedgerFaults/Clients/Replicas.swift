import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The services of a run, as their clients know them.
struct Replicas: Sendable {
    let ports: [Int]

    static let token = "the-token-of-the-fault-runs"

    /// Streams and requests of all clients, with a connection each.
    static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 100
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    var urls: [String] { ports.map { "http://127.0.0.1:\($0)" } }

    /// Their addresses in an order drawn from `generator`.
    func order(using generator: inout SeededGenerator) -> [String] { urls.shuffled(using: &generator) }

    /// Waits until each of them is ready.
    func ready(within patience: Duration) async throws {
        let deadline = ContinuousClock.now + patience
        for url in urls {
            while await !Self.isReady(url) {
                guard ContinuousClock.now < deadline else { throw FaultsError("a replica is not ready in time") }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private static func isReady(_ url: String) async -> Bool {
        let response = try? await client.execute(
            HTTPClientRequest(url: url + "/readyz"), timeout: .seconds(3))
        return response?.status == .ok
    }
}
