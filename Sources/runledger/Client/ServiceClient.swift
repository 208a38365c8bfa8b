import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A client of a runledger service.
struct ServiceClient: Sendable {
    private let base: String
    private let token: String?
    private let client: HTTPClient

    /// So long nothing may arrive; a stream shows every ten seconds that it lives.
    private static let readTimeout = TimeAmount.seconds(45)
    private static let maximumPageBytes = 512 << 20

    /// Runs `body` with a client of the service at `url`, which shows the token of `RUNLEDGER_TOKEN`.
    static func withClient<R>(
        _ url: String, _ body: (ServiceClient) async throws -> R
    ) async throws -> R {
        guard let parts = URLComponents(string: url), parts.scheme == "http" || parts.scheme == "https",
            parts.host?.isEmpty == false, parts.user == nil, parts.query == nil, parts.fragment == nil
        else { throw CommandError("--url must be as in https://runledger.example.com.") }
        let token = ProcessInfo.processInfo.environment["RUNLEDGER_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10), read: readTimeout)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            try await body(
                ServiceClient(base: url.hasSuffix("/") ? String(url.dropLast()) : url, token: token, client: client))
        }
    }

    private init(base: String, token: String?, client: HTTPClient) {
        self.base = base
        self.token = token
        self.client = client
    }

    /// The body of what is answered to a query.
    ///
    /// - Throws: ``CommandError`` with what the service says is wrong.
    func get(_ path: String, _ query: [URLQueryItem]) async throws -> [UInt8] {
        let response: HTTPClientResponse
        do {
            response = try await execute(path, query, accept: "application/json")
        } catch {
            try Task.checkCancellation()
            throw CommandError("The service at \(base) does not answer: \(error).")
        }
        var body = try await response.body.collect(upTo: Self.maximumPageBytes)
        let bytes = body.readBytes(length: body.readableBytes) ?? []
        if response.status != .ok { throw Self.failure(response.status, bytes) }
        return bytes
    }

    /// Reads a stream of server-sent events until it ends, handing each to `deliver`.
    ///
    /// - Throws: ``StreamInterruption`` where the same may go well later; ``CommandError`` with what the service says
    ///   is wrong; what `deliver` throws.
    func stream(
        _ path: String, _ query: [URLQueryItem], _ deliver: (ServerSentEvent) throws -> Void
    ) async throws {
        let response = try await interrupting { try await execute(path, query, accept: "text/event-stream") }
        guard response.status == .ok else {
            let body = try? await response.body.collect(upTo: 1 << 20)
            let failure = Self.failure(response.status, Array(body?.readableBytesView ?? .init()))
            throw response.status.code >= 500 ? StreamInterruption(failure.description) : failure
        }
        var parser = ServerSentEventParser()
        var parts = response.body.makeAsyncIterator()
        while let part = try await interrupting({ try await parts.next() }) {
            try parser.take(part.readableBytesView, deliver)
        }
    }

    private func execute(
        _ path: String, _ query: [URLQueryItem], accept: String
    ) async throws -> HTTPClientResponse {
        var parts = URLComponents()
        parts.queryItems = query.isEmpty ? nil : query
        // A plus sign is a space in a query.
        let text = parts.percentEncodedQuery.map { "?" + $0.replacing("+", with: "%2B") } ?? ""
        var request = HTTPClientRequest(url: base + path + text)
        request.headers.add(name: "Accept", value: accept)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        return try await client.execute(request, deadline: .distantFuture)
    }

    private func interrupting<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch {
            try Task.checkCancellation()
            throw StreamInterruption("The service at \(base) does not answer: \(error).")
        }
    }

    private static func failure(_ status: HTTPResponseStatus, _ body: [UInt8]) -> CommandError {
        struct Problem: Decodable {
            var detail: String
        }
        let detail = (try? JSONDecoder().decode(Problem.self, from: Data(body)))?.detail
        switch status {
        case .unauthorized, .forbidden:
            return CommandError("\(detail ?? "The service wants a token.") Set RUNLEDGER_TOKEN to one that fits.")
        default:
            return CommandError(
                detail ?? "The service answered \(status.code), as no runledger does; check --url.")
        }
    }
}

/// A stream broke off; it can be resumed.
struct StreamInterruption: Error {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
