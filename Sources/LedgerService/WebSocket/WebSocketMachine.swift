import NIOCore
import NIOWebSocket

/// The protocol of RFC 6455 as a server that only reads what a client says to know that it lives.
///
/// It takes frames and says what is to be done; it neither reads nor writes itself.
struct WebSocketMachine {
    /// What is to be done.
    enum Action: Equatable {
        /// Nothing.
        case none
        /// Send a pong with this.
        case pong(ByteBuffer)
        /// Send a close frame, then wait for the client's; it may have much under way that is read and forgotten.
        case close(WebSocketErrorCode)
        /// Send a close frame that answers the client's, then close the connection.
        case answerClose(WebSocketErrorCode?)
        /// Close the connection: both have said goodbye.
        case disconnect
    }

    /// A message whose frames are still coming.
    private struct Message {
        var isText: Bool
        var byteCount = 0
        var check = UTF8Check()
    }

    private enum State {
        case open
        /// A close frame has been sent; only the client's is waited for.
        case closing
        case closed
    }

    private var state = State.open
    private var message: Message?
    private let maximumMessageBytes: Int

    /// A message of a client may be so long.
    static let maximumMessageBytes = 64 << 10
    private static let maximumControlBytes = 125

    /// The machine of a connection that has just become a WebSocket.
    init(maximumMessageBytes: Int = Self.maximumMessageBytes) {
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// Whether frames with events may still be sent.
    var isOpen: Bool { state == .open }

    /// The server wants to close, or has to.
    mutating func close(_ code: WebSocketErrorCode) -> Action {
        guard state == .open else { return .none }
        state = .closing
        return .close(code)
    }

    /// A frame has arrived.
    mutating func receive(_ frame: WebSocketFrame) -> Action {
        guard state == .open else {
            guard state == .closing, frame.opcode == .connectionClose else { return .none }
            state = .closed
            return .disconnect
        }
        if let code = violation(frame) { return close(code) }
        switch frame.opcode {
        case .text, .binary, .continuation: return receiveData(frame)
        case .ping: return .pong(frame.unmaskedData)
        case .pong: return .none
        case .connectionClose: return receiveClose(frame.unmaskedData)
        default: return close(.protocolError)
        }
    }

    /// Bytes have arrived that are no frame, or too long a one.
    mutating func receive(_ error: any Error) -> Action {
        if case .invalidFrameLength? = error as? NIOWebSocketError { return close(.messageTooLarge) }
        return close(.protocolError)
    }

    private func violation(_ frame: WebSocketFrame) -> WebSocketErrorCode? {
        // Nothing has been agreed on that would use the reserved bits, and clients must mask.
        if frame.rsv1 || frame.rsv2 || frame.rsv3 || frame.maskKey == nil { return .protocolError }
        let isControl = frame.opcode == .ping || frame.opcode == .pong || frame.opcode == .connectionClose
        if isControl, !frame.fin || frame.length > Self.maximumControlBytes { return .protocolError }
        return nil
    }

    private mutating func receiveData(_ frame: WebSocketFrame) -> Action {
        guard (frame.opcode == .continuation) == (message != nil) else { return close(.protocolError) }
        var message = message ?? Message(isText: frame.opcode == .text)
        message.byteCount += frame.length
        guard message.byteCount <= maximumMessageBytes else { return close(.messageTooLarge) }
        if message.isText {
            guard message.check.take(frame.unmaskedData.readableBytesView), !frame.fin || message.check.isComplete
            else { return close(.dataInconsistentWithMessage) }
        }
        self.message = frame.fin ? nil : message
        return .none
    }

    private mutating func receiveClose(_ payload: ByteBuffer) -> Action {
        var payload = payload
        if payload.readableBytes == 0 { return answer(nil) }
        guard let number = payload.readInteger(as: UInt16.self), Self.isValid(number) else {
            return answer(.protocolError)
        }
        var check = UTF8Check()
        guard check.take(payload.readableBytesView), check.isComplete else {
            return answer(.dataInconsistentWithMessage)
        }
        return answer(WebSocketErrorCode(codeNumber: Int(number)))
    }

    private mutating func answer(_ code: WebSocketErrorCode?) -> Action {
        state = .closed
        return .answerClose(code)
    }

    /// Which codes a close frame may carry (RFC 6455, section 7.4, and the IANA registry).
    private static func isValid(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
