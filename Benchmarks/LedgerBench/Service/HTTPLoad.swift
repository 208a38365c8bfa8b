import Foundation
import WorkflowEvents

/// Requests over a number of connections, each with one in flight, from one thread.
struct HTTPLoad: Sendable {
    let port: Int
    let connectionCount: Int

    /// Sends `count` requests that `request` makes, and returns the requests per second.
    func run(_ count: Int, expecting status: Int, _ request: @Sendable (Int) -> [UInt8]) async throws -> Double {
        let sockets = try (0..<connectionCount).map { _ in try RawSocket(port: port) }
        var readers = sockets.map { _ in ReplyReader() }
        var sent = 0
        var answered = 0
        let begin = ContinuousClock.now
        for socket in sockets where sent < count {
            try socket.write(request(sent))
            sent += 1
        }
        try whileReadable(sockets) { index in
            guard let index else { return true }
            guard let reply = try readers[index].read(from: sockets[index]) else { return true }
            guard reply == status else { throw BenchError("the service answered \(reply): \(readers[index].lastText)") }
            answered += 1
            if sent < count {
                try sockets[index].write(request(sent))
                sent += 1
            }
            return answered < count
        }
        return Double(count) / ((ContinuousClock.now - begin) / .seconds(1))
    }

    /// The bytes of a request that stores `events`, as NDJSON.
    static func request(_ events: some Sequence<WorkflowEvent>) -> [UInt8] {
        var body: [UInt8] = []
        for event in events {
            EventJSONWriter.append(event, to: &body)
            body.append(UInt8(ascii: "\n"))
        }
        return request("/v1/events", token: ServiceProcess.token, contentType: "application/x-ndjson", body: body)
    }

    /// The bytes of a request; with a body a POST.
    static func request(_ path: String, token: String, contentType: String = "application/json", body: [UInt8]? = nil)
        -> [UInt8]
    {
        var text = "\(body == nil ? "GET" : "POST") \(path) HTTP/1.1\r\nHost: localhost\r\n"
        text += "Authorization: Bearer \(token)\r\n"
        if let body { text += "Content-Type: \(contentType)\r\nContent-Length: \(body.count)\r\n" }
        return Array((text + "\r\n").utf8) + (body ?? [])
    }
}

/// Reads the replies of one connection.
struct ReplyReader {
    private var bytes: [UInt8] = []
    private static let separator = Array("\r\n\r\n".utf8)

    /// The last reply, for an error.
    private(set) var lastText = ""

    /// Reads what `socket` holds; the status once a whole reply is there.
    mutating func read(from socket: RawSocket) throws -> Int? {
        let old = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 1 << 14))
        let count = try bytes.withUnsafeMutableBytes { try socket.read(into: .init(rebasing: $0[old...])) }
        bytes.removeLast(bytes.count - old - count)
        guard let headEnd = bytes.withUnsafeBytes({ $0.firstOffset(of: Self.separator) }) else { return nil }
        let bodyStart = headEnd + Self.separator.count
        let text = String(decoding: bytes[..<headEnd], as: UTF8.self)
        let length =
            text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)) } ?? 0
        guard bytes.count >= bodyStart + length else { return nil }
        if !text.hasPrefix("HTTP/1.1 2") { lastText = String(decoding: bytes, as: UTF8.self) }
        bytes.removeFirst(bodyStart + length)
        return Int(text.dropFirst(9).prefix(3))
    }
}
