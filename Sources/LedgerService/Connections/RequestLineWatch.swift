import NIOCore

/// Measures the first line of each request: the parser does not say whether it or the header was too long.
final class RequestLineWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// How long the line is, as far as it has come.
    private(set) var byteCount = 0
    private var isComplete = false
    /// Whether something of the next request has come, empty lines apart.
    var hasBegun: Bool { byteCount > 0 }
    /// What the parser is being given.
    private var current: ByteBuffer?

    private static let endOfHead = Array("\r\n\r\n".utf8)

    /// A request has been read to its end.
    ///
    /// Where another begins behind it in the same read, and it had a body, the other's line is measured short.
    func restart(afterBody: Bool) {
        (byteCount, isComplete) = (0, false)
        guard !afterBody, let view = current?.readableBytesView, !view.suffix(4).elementsEqual(Self.endOfHead) else {
            return
        }
        var start = view.endIndex - 4
        while start >= view.startIndex, !view[start..<start + 4].elementsEqual(Self.endOfHead) { start -= 1 }
        if start >= view.startIndex { measure(view[(start + 4)...]) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if !isComplete { measure(bytes.readableBytesView) }
        current = bytes
        context.fireChannelRead(data)
        current = nil
    }

    private func measure(_ bytes: ByteBufferView) {
        // Empty lines may come first (RFC 9112, section 2.2).
        let line = byteCount == 0 ? bytes.drop { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") } : bytes
        let end = line.firstIndex(of: UInt8(ascii: "\n"))
        byteCount += (end ?? line.endIndex) - line.startIndex
        isComplete = end != nil
    }
}
