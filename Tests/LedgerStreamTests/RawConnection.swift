import Foundation
import LedgerServiceTestSupport
import NIOCore
import NIOPosix

/// A connection on which a test says HTTP by hand.
struct RawConnection {
    /// An answer whose length its head says, or that has no body.
    struct Answer {
        var head: String
        var body: String

        var status: Int { head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0 }

        /// The value of a header field; `nil` without one.
        func field(_ name: String) -> String? {
            let lines = head.split(separator: "\r\n").dropFirst()
            return lines.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map {
                $0.dropFirst(name.count + 1).trimmingPrefix(while: \.isWhitespace).description
            }
        }
    }

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let channel: any Channel
    private var buffer = ByteBuffer()

    /// Runs `body` with a new connection.
    static func open<R: Sendable>(
        _ service: TestService, receiveBufferBytes: Int? = nil,
        _ body: @Sendable (inout RawConnection) async throws -> R
    ) async throws -> R {
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        if let receiveBufferBytes {
            bootstrap = bootstrap.channelOption(
                .socketOption(.so_rcvbuf), value: SocketOptionValue(receiveBufferBytes))
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: service.port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(
                        backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2),
                        isOutboundHalfClosureEnabled: true))
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(
                inbound: inbound.makeAsyncIterator(), outbound: outbound, channel: channel.channel)
            return try await body(&connection)
        }
    }

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, channel: any Channel
    ) {
        self.inbound = inbound
        self.outbound = outbound
        self.channel = channel
    }

    /// The head of a request with the administrator's token.
    static func head(_ request: String, _ fields: String...) -> String {
        let all = ["Host: localhost", "Authorization: Bearer \(TestService.token)"] + fields
        return ([request + " HTTP/1.1"] + all).map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// Sends on this connection beside whoever reads from it.
    struct Sender: Sendable {
        fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        /// Sends text as it is.
        func write(_ text: String) async throws {
            try await outbound.write(ByteBuffer(string: text))
        }
    }

    var sender: Sender { Sender(outbound: outbound) }

    /// Sends text as it is.
    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Has the peer see that nothing more comes; what it says is still heard.
    func finish() async throws {
        outbound.finish()
    }

    /// Has the peer see the connection break.
    func breakOff() async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }

    private mutating func fill() async throws -> Bool {
        guard var more = try await inbound.next() else { return false }
        buffer.writeBuffer(&more)
        return true
    }

    /// The next bytes up to `end`, without it.
    mutating func text(upTo end: String) async throws -> String {
        while true {
            if let range = buffer.readableBytesView.firstRange(of: Array(end.utf8)) {
                let text = String(decoding: buffer.readableBytesView[..<range.lowerBound], as: UTF8.self)
                buffer.moveReaderIndex(to: range.upperBound)
                return text
            }
            guard try await fill() else { throw ServiceTestError("the connection ended: \(String(buffer: buffer))") }
        }
    }

    /// The next answer; one to HEAD has no body.
    ///
    /// - Parameter pause: called with how much of the body is there before more of it is read.
    mutating func answer(
        hasBody: Bool = true, pause: (_ byteCount: Int) async throws -> Void = { _ in }
    ) async throws -> Answer {
        var answer = Answer(head: try await text(upTo: "\r\n\r\n"), body: "")
        guard hasBody, let length = answer.field("Content-Length").flatMap({ Int($0) }) else { return answer }
        while buffer.readableBytes < length {
            try await pause(buffer.readableBytes)
            guard try await fill() else { throw ServiceTestError("the connection ended within a body") }
        }
        answer.body = buffer.readString(length: length) ?? ""
        return answer
    }

    /// All that comes before the connection ends.
    ///
    /// - Parameter allowingReset: whether it may be reset, as one is that is closed while more comes.
    mutating func rest(allowingReset: Bool = false) async throws -> String {
        do {
            while try await fill() {}
        } catch let error as IOError where allowingReset && error.errnoCode == ECONNRESET {}
        return String(buffer: buffer)
    }
}
