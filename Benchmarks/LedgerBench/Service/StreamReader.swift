import Foundation

/// A WebSocket subscriber of everything, read by hand, so that hundreds fit one thread.
final class StreamReader {
    let socket: RawSocket
    private(set) var eventCount = 0
    private(set) var byteCount = 0
    /// Whether the history has been told.
    private(set) var isCaughtUp = false
    private var pending: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    private static let separator = Array("\r\n\r\n".utf8)
    private static let control = Array("{\"control\":\"caught_up\"".utf8)

    /// Subscribes to `query` and waits for the answer.
    init(port: Int, query: String = "", receiveBufferBytes: Int32? = nil) throws {
        socket = try RawSocket(port: port, receiveBufferBytes: receiveBufferBytes)
        let request = """
            GET /v1/stream\(query) HTTP/1.1\r
            Host: localhost\r
            Authorization: Bearer \(ServiceProcess.token)\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r

            """
        try socket.write(Array(request.utf8))
        var isUpgraded = false
        while !isUpgraded {
            try socket.wait(for: POLLIN)
            try fill()
            guard let head = pending.firstRange(of: Self.separator) else { continue }
            let text = String(decoding: pending[..<head.lowerBound], as: UTF8.self)
            guard text.hasPrefix("HTTP/1.1 101") else { throw BenchError("no stream: \(text)") }
            pending.removeFirst(head.upperBound)
            isUpgraded = true
        }
        try frames { _ in }
    }

    /// Reads what there is, and calls `body` with the text of each event.
    func read(_ body: (UnsafeRawBufferPointer) -> Void) throws {
        try fill()
        try frames(body)
    }

    /// Takes away what there is, into `buffer`, and only counts it; from then on no event is told.
    func drain(into buffer: inout [UInt8]) throws {
        byteCount += try buffer.withUnsafeMutableBytes { try socket.read(into: $0) }
    }

    /// Reads until the history has been told.
    func catchUp() throws {
        while !isCaughtUp {
            try socket.wait(for: POLLIN)
            try read { _ in }
        }
    }

    private func fill() throws {
        let count = try buffer.withUnsafeMutableBytes { try socket.read(into: $0) }
        pending += buffer[..<count]
        byteCount += count
    }

    private func frames(_ body: (UnsafeRawBufferPointer) -> Void) throws {
        var consumed = 0
        try pending.withUnsafeBytes { bytes in
            while bytes.count - consumed >= 2 {
                let opcode = bytes[consumed] & 0x0F
                var length = Int(bytes[consumed + 1] & 0x7F)
                var start = consumed + 2
                if length == 126 {
                    guard bytes.count - consumed >= 4 else { return }
                    length = Int(bytes[consumed + 2]) << 8 | Int(bytes[consumed + 3])
                    start += 2
                } else if length == 127 {
                    guard bytes.count - consumed >= 10 else { return }
                    length = (2..<10).reduce(0) { $0 << 8 | Int(bytes[consumed + $1]) }
                    start += 8
                }
                guard bytes.count - start >= length else { return }
                let payload = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
                consumed = start + length
                if opcode == 8 { throw BenchError("the service closed a stream") }
                guard opcode == 1 else { continue }
                if payload.starts(with: Self.control) {
                    isCaughtUp = true
                } else {
                    eventCount += 1
                    body(payload)
                }
            }
        }
        pending.removeFirst(consumed)
    }
}
