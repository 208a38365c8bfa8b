import NIOCore
import NIOWebSocket

/// Frames as a server sends them: in one piece and unmasked (RFC 6455, section 5.2).
enum WebSocketFrames {
    /// Appends the header of a frame of `payloadBytes`.
    static func appendHeader(_ opcode: WebSocketOpcode, payloadBytes: Int, to bytes: inout ByteBuffer) {
        bytes.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))
        switch payloadBytes {
        case ..<126:
            bytes.writeInteger(UInt8(payloadBytes))
        case ...Int(UInt16.max):
            bytes.writeInteger(126 as UInt8)
            bytes.writeInteger(UInt16(payloadBytes))
        default:
            bytes.writeInteger(127 as UInt8)
            bytes.writeInteger(UInt64(payloadBytes))
        }
    }

    /// A frame that carries `payload`.
    static func frame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> ByteBuffer {
        var bytes = ByteBuffer()
        appendHeader(opcode, payloadBytes: payload.readableBytes, to: &bytes)
        bytes.writeImmutableBuffer(payload)
        return bytes
    }

    /// A close frame that says `code`.
    static func close(_ code: WebSocketErrorCode?) -> ByteBuffer {
        var payload = ByteBuffer()
        if let code { payload.write(webSocketErrorCode: code) }
        return frame(.connectionClose, payload)
    }
}
