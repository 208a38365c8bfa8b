import Foundation
import LedgerServiceTestSupport
import NIOCore
import NIOPosix

/// A WebSocket by hand, which can be made to say what no library would.
struct WebSocketClient {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// A frame as the service sent it.
    struct Frame: Equatable {
        var opcode: UInt8
        var payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }
        /// The code of a close frame; `nil` if it carries none.
        var closeCode: Int? {
            opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
        }
    }

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var buffer = ByteBuffer()
    /// The head of the answer.
    private(set) var head = ""

    var status: Int { head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0 }

    /// Runs `body` with a connection on which `path` was asked for.
    static func connect<R: Sendable>(
        _ service: TestService, _ path: String, headers: [String: String?] = [:], receiveBufferBytes: Int? = nil,
        _ body: @Sendable (inout WebSocketClient) async throws -> R
    ) async throws -> R {
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        if let receiveBufferBytes {
            bootstrap = bootstrap.channelOption(
                .socketOption(.so_rcvbuf), value: SocketOptionValue(receiveBufferBytes))
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: service.port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try Connection(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(
                        backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2),
                        isOutboundHalfClosureEnabled: true))
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var client = WebSocketClient(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            try await client.ask(path, headers)
            return try await body(&client)
        }
    }

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    private mutating func ask(_ path: String, _ headers: [String: String?]) async throws {
        var fields: [String: String?] = [
            "Host": "localhost", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Authorization": "Bearer \(TestService.token)",
        ]
        fields.merge(headers) { $1 }
        let lines = fields.compactMap { name, value in value.map { "\(name): \($0)\r\n" } }.joined()
        try await send(Array("GET \(path) HTTP/1.1\r\n\(lines)\r\n".utf8))
        while true {
            let view = buffer.readableBytesView
            if let end = view.firstRange(of: Array("\r\n\r\n".utf8)) {
                head = String(decoding: view[..<end.lowerBound], as: UTF8.self)
                buffer.moveReaderIndex(to: end.upperBound)
                return
            }
            guard try await fill() else { throw ServiceTestError("no answer") }
        }
    }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Sends a masked frame.
    func send(opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) async throws {
        try await send(Self.frame(opcode: opcode, payload, isFinal: isFinal))
    }

    static func frame(
        opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, isMasked: Bool = true, reserved: UInt8 = 0
    ) -> [UInt8] {
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        var bytes = [(isFinal ? 0x80 : 0) | reserved | opcode]
        let flag: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ..<126: bytes.append(flag | UInt8(payload.count))
        case ..<65_536: bytes += [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [flag | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        if isMasked {
            bytes += mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
        } else {
            bytes += payload
        }
        return bytes
    }

    private mutating func fill() async throws -> Bool {
        guard var more = try await inbound.next() else { return false }
        buffer.discardReadBytes()
        buffer.writeBuffer(&more)
        return true
    }

    /// The next frame; `nil` at the end of the connection.
    mutating func frame() async throws -> Frame? {
        while true {
            if let frame = parse() { return frame }
            guard try await fill() else { return nil }
        }
    }

    private mutating func parse() -> Frame? {
        var copy = buffer
        guard let first = copy.readInteger(as: UInt8.self), let second = copy.readInteger(as: UInt8.self) else {
            return nil
        }
        var length: Int? = Int(second)
        if second == 126 { length = copy.readInteger(as: UInt16.self).map(Int.init) }
        if second == 127 { length = copy.readInteger(as: UInt64.self).map { Int($0) } }
        guard let length, let payload = copy.readBytes(length: length) else { return nil }
        buffer = copy
        return Frame(opcode: first & 0x0F, payload: payload)
    }

    /// The next text frame that is read as what the stream says.
    mutating func message() async throws -> StreamMessage? {
        while let frame = try await frame() {
            if frame.opcode == 1 { return try StreamMessage(frame.text) }
            if frame.opcode == 8 { return nil }
        }
        return nil
    }

    /// The rest of what arrives, as text.
    mutating func rest() async throws -> String {
        while try await fill() {}
        return String(decoding: buffer.readableBytesView, as: UTF8.self)
    }

    /// Reads until `count` events have come, and what controls came between.
    mutating func events(_ count: Int) async throws -> (events: [StreamMessage], controls: [StreamMessage]) {
        var (events, controls): ([StreamMessage], [StreamMessage]) = ([], [])
        while events.count < count, let message = try await message() {
            if message.control == nil { events.append(message) } else { controls.append(message) }
        }
        return (events, controls)
    }

    /// Reads up to the end of the history.
    mutating func history() async throws -> [StreamMessage] {
        var events: [StreamMessage] = []
        while let message = try await message(), message.control != "caught_up" { events.append(message) }
        return events
    }
}
