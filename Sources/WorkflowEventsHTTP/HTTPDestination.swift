import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WorkflowEvents

/// A runledger service as the destination of a durable sink.
struct HTTPDestination: BatchDestination {
    private let endpoint: String
    private let token: String?
    private let connections: Connections

    /// Below what a service takes, so that the rest of the request fits as well.
    private static let maximumRequestBytes = 15 << 20
    private static let maximumAnswerBytes = 1 << 20
    private static let timeout = TimeAmount.seconds(30)

    init(_ address: ServiceAddress, token: String?) {
        self.endpoint = address.url + "/v1/events"
        self.token = token
        self.connections = Connections()
    }

    func deliver(_ events: [WorkflowEvent]) async throws(DestinationError) -> [RefusedEvent] {
        var refused: [RefusedEvent] = []
        // What is still to be sent, the next part last.
        var parts = [Array(events.indices)]
        while var part = parts.popLast() {
            if part.isEmpty { continue }
            let (body, count) = Self.body(of: part, in: events)
            if count < part.count {
                parts.append(Array(part[count...]))
                part.removeLast(part.count - count)
            }
            switch try await send(body, traceParent: Self.traceParent(of: part, in: events)) {
            case .stored:
                break
            case .refused(let errors):
                let bad = Dictionary(errors.map { ($0.index, $0) }) { first, _ in first }
                guard part.indices.contains(where: { bad[$0] != nil }) else {
                    throw DestinationError("The service refused a batch and named no event.")
                }
                for (place, index) in part.enumerated() {
                    guard var event = bad[place] else { continue }
                    event.index = index
                    refused.append(event)
                }
                // A request is stored whole or not at all.
                parts.append(part.indices.filter { bad[$0] == nil }.map { part[$0] })
            case .tooLarge where part.count > 1:
                parts.append(Array(part[(part.count / 2)...]))
                parts.append(Array(part[..<(part.count / 2)]))
            case .tooLarge:
                refused.append(RefusedEvent(index: part[0], reason: "the service finds it too large"))
            }
        }
        return refused.sorted { $0.index < $1.index }
    }

    /// The first of the events at `part` as lines, and how many of them fit a request.
    private static func body(of part: [Int], in events: [WorkflowEvent]) -> (ByteBuffer, Int) {
        var bytes: [UInt8] = []
        var count = 0
        for index in part.prefix(EventLimits.maximumRequestEventCount) {
            let end = bytes.count
            EventJSONWriter.append(events[index], to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
            if count > 0, bytes.count > maximumRequestBytes {
                bytes.removeLast(bytes.count - end)
                break
            }
            count += 1
        }
        return (ByteBuffer(bytes: bytes), count)
    }

    /// The trace that all of the events at `part` belong to, as W3C Trace Context writes it; `nil` where there is no such.
    private static func traceParent(of part: [Int], in events: [WorkflowEvent]) -> String? {
        guard let first = part.first, let traceID = events[first].traceID, let spanID = events[first].spanID,
            part.allSatisfy({ events[$0].traceID == traceID })
        else { return nil }
        let header = "00-\(traceID)-\(spanID)-01"
        guard let read = TraceIdentifiers(traceparent: header), read.traceID == traceID, read.spanID == spanID else {
            return nil
        }
        return header
    }

    private enum Answer {
        case stored
        case refused([RefusedEvent])
        case tooLarge
    }

    private func send(_ body: ByteBuffer, traceParent: String?) async throws(DestinationError) -> Answer {
        var request = HTTPClientRequest(url: endpoint)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-ndjson")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let traceParent { request.headers.add(name: "traceparent", value: traceParent) }
        request.body = .bytes(body)
        let response: HTTPClientResponse
        let problem: ServiceProblem?
        do {
            response = try await connections.client.execute(request, timeout: Self.timeout)
            let text = try await response.body.collect(upTo: Self.maximumAnswerBytes)
            problem = ServiceProblem(text)
        } catch {
            throw DestinationError("The service does not answer: \(error).")
        }
        let detail = problem.map { ": \($0.detail)" } ?? "."
        switch response.status.code {
        case 201:
            return .stored
        case 409, 422:
            guard let problem, !problem.refused.isEmpty else {
                throw DestinationError("The service refused a batch (\(response.status.code))\(detail)")
            }
            return .refused(problem.refused)
        case 413:
            return .tooLarge
        case 401, 403:
            throw DestinationError(
                "The service refuses the token (\(response.status.code)); set RUNLEDGER_TOKEN to one with the scope "
                    + "events:write\(detail)")
        case 408, 429, 500...:
            throw DestinationError("The service cannot take events now (\(response.status.code))\(detail)")
        default:
            throw DestinationError(
                "The service answered \(response.status.code), as no runledger does; check its URL\(detail)")
        }
    }
}

/// The connections of a destination, closed when it goes.
private final class Connections: Sendable {
    let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration()
        // A token is for the service that was named.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        configuration.httpVersion = .http1Only
        // The sink tries again by itself.
        configuration.connectionPool.retryConnectionEstablishment = false
        self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        client.shutdown { _ in }
    }
}
