import HTTPTypes
import LedgerService
import LibPQ
import Logging
import NIOCore
import NIOEmbedded
import WorkflowEventsPostgres

extension FuzzTarget {
    /// The service's handlers of a WebSocket, from the bytes of a client to the bytes that it is answered.
    ///
    /// The input is what a client sends after the handshake. For every one:
    /// - The answer is what a plain reading of RFC 6455, of all bytes at once, says: which pongs, which close code, in
    ///   this order; and nothing behind the close frame.
    /// - It is the same however the bytes are cut into chunks.
    /// - A connection with a close frame is closed, at once where both sides have sent one, else within five seconds.
    static let webSocket = FuzzTarget(name: "websocket", maximumBytes: 2048, check: .immediate(checkWebSocket))
}

/// Small, for inputs to go beyond it; it is 64 KiB in the service.
private let maximumMessageBytes = 300

private func checkWebSocket(_ bytes: [UInt8]) throws {
    let expected = WebSocketReading(bytes, maximumMessageBytes: maximumMessageBytes)
    for pieces in [[bytes[...]], bytes.pieces, bytes.indices.map { bytes[$0...$0] }] {
        let conversation = try Conversation(pieces)
        try require(
            conversation.replies == expected.replies,
            "\(pieces.count) pieces are answered \(conversation.replies), not \(expected.replies)")
        try require(
            conversation.isClosedAtOnce == expected.isClosedAtOnce,
            "\(pieces.count) pieces leave the connection \(conversation.isClosedAtOnce ? "closed" : "open")")
        try require(
            conversation.isClosed == expected.isClosing,
            "\(pieces.count) pieces leave the connection \(conversation.isClosed ? "closed" : "open") in the end")
    }
}

/// A connection that a client's bytes have arrived on.
private struct Conversation {
    private(set) var replies: [WebSocketReading.Reply] = []
    /// Whether it was closed with the last byte, and whether five seconds later.
    let isClosedAtOnce: Bool
    let isClosed: Bool

    init(_ pieces: [ArraySlice<UInt8>]) throws {
        let channel = EmbeddedChannel()
        let hub = Self.hub()
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        try hub.openEmptyWebSocket(
            on: channel, head: HTTPResponse(status: .switchingProtocols), maximumMessageBytes: maximumMessageBytes)
        var output: [UInt8] = []
        for piece in pieces where channel.isActive {
            try channel.writeInbound(ByteBuffer(bytes: piece))
            try Self.take(from: channel, into: &output)
        }
        isClosedAtOnce = !channel.isActive
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        isClosed = !channel.isActive
        try Self.take(from: channel, into: &output)
        _ = try channel.finish(acceptAlreadyClosed: true)
        try read(output)
    }

    private static func hub() -> StreamHub {
        let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        let database = LedgerDatabase(url: "")
        let pool = PostgresPool(configuration: database.configuration, logger: logger)
        return StreamHub(database: database, pool: pool, settings: ServiceSettings(), logger: logger)
    }

    private static func take(from channel: EmbeddedChannel, into output: inout [UInt8]) throws {
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { output += bytes.readableBytesView }
    }

    /// Reads what the server has sent: its answer to the handshake, the end of the history, and replies.
    private mutating func read(_ output: [UInt8]) throws(PropertyViolation) {
        let head = "HTTP/1.1 101 Switching Protocols\r\n\r\n"
        try require(output.starts(with: head.utf8), "the handshake is answered otherwise")
        var rest = output.dropFirst(head.utf8.count)
        var texts: [String] = []
        while let frame = try Self.frame(&rest) {
            switch frame.opcode {
            case 1: texts.append(String(decoding: frame.payload, as: UTF8.self))
            case 8 where frame.payload.isEmpty: replies.append(.close(nil))
            case 8: replies.append(.close(frame.payload.reduce(0) { $0 << 8 | Int($1) }))
            case 10: replies.append(.pong(frame.payload))
            default: throw PropertyViolation("a frame has the opcode \(frame.opcode)")
            }
        }
        try require(texts.count == 1 && texts[0].hasPrefix(#"{"control":"caught_up""#), "the texts are \(texts)")
    }

    /// Takes a frame off `bytes`: whole, unmasked, and no longer than a reply may be.
    private static func frame(
        _ bytes: inout ArraySlice<UInt8>
    ) throws(PropertyViolation) -> (opcode: UInt8, payload: [UInt8])? {
        guard let first = bytes.popFirst() else { return nil }
        let length = Int(bytes.popFirst() ?? 0xFF)
        try require(first & 0xF0 == 0x80 && length <= 125 && length <= bytes.count, "a frame is no reply")
        defer { bytes = bytes.dropFirst(length) }
        return (first & 0x0F, Array(bytes.prefix(length)))
    }
}
