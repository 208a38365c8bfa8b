import Foundation
import NIOCore
import NIOPosix

/// One connection that reads frames of a WebSocket (RFC 6455), and answers its pings.
struct WebSocketFollowing {
    let url: String
    let log: StreamLog

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    func run() async throws {
        guard let port = URL(string: url)?.port else { throw FaultsError("\(url) has no port") }
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var buffer = ByteBuffer()
            var isOpen = false
            for try await var piece in inbound {
                buffer.writeBuffer(&piece)
                if !isOpen { isOpen = try open(&buffer) }
                while isOpen, let frame = Self.frame(&buffer) {
                    switch frame.opcode {
                    case 1: log.saw(frame.payload)
                    case 8: return
                    case 9: try await outbound.write(ByteBuffer(bytes: Self.pong(frame.payload)))
                    default: break
                    }
                }
                buffer.discardReadBytes()
            }
        }
    }

    private var request: String {
        let node = log.node.map { "&node=\($0)" } ?? ""
        return """
            GET /v1/stream?after=\(log.position)\(node) HTTP/1.1\r
            Host: localhost\r
            Authorization: Bearer \(Replicas.token)\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r

            """
    }

    /// Takes the answer's head; whether it is all there.
    private func open(_ buffer: inout ByteBuffer) throws -> Bool {
        let view = buffer.readableBytesView
        guard let end = view.firstRange(of: Self.headEnd) else { return false }
        let head = String(decoding: view[..<end.lowerBound], as: UTF8.self)
        buffer.moveReaderIndex(to: end.upperBound)
        if head.hasPrefix("HTTP/1.1 503") { throw CancellationError() }
        guard head.hasPrefix("HTTP/1.1 101") else {
            throw FaultsError("the stream after \(log.position) was answered \(head.prefix { $0 != "\r\n" })")
        }
        log.connected(to: url)
        return true
    }

    private static func frame(_ buffer: inout ByteBuffer) -> (opcode: UInt8, payload: [UInt8])? {
        var copy = buffer
        guard let first = copy.readInteger(as: UInt8.self), let second = copy.readInteger(as: UInt8.self) else {
            return nil
        }
        var length: Int? = Int(second)
        if second == 126 { length = copy.readInteger(as: UInt16.self).map(Int.init) }
        if second == 127 { length = copy.readInteger(as: UInt64.self).map { Int($0) } }
        guard let length, let payload = copy.readBytes(length: length) else { return nil }
        buffer = copy
        return (first & 0x0F, payload)
    }

    private static func pong(_ payload: [UInt8]) -> [UInt8] {
        [0x8A, 0x80 | UInt8(min(payload.count, 125))] + mask
            + payload.prefix(125).enumerated().map { $1 ^ mask[$0 % 4] }
    }
}
