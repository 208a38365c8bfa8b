import NIOCore
import NIOWebSocket
import WorkflowEvents

/// How an event's JSON goes over the wire.
package enum FrameForm: Sendable {
    /// A text frame of RFC 6455.
    case webSocket
    /// An event of a `text/event-stream`.
    case serverSentEvents

    /// Appends `text`, an event's JSON, to `bytes`.
    func append(_ text: ByteBufferView, position: Int64, to bytes: inout ByteBuffer) {
        switch self {
        case .webSocket:
            WebSocketFrames.appendHeader(.text, payloadBytes: text.count, to: &bytes)
            bytes.writeBytes(text)
        case .serverSentEvents:
            bytes.writeStaticString("id: ")
            bytes.writeString(String(position))
            bytes.writeStaticString("\ndata: ")
            bytes.writeBytes(text)
            bytes.writeStaticString("\n\n")
        }
    }

    /// A control frame with the JSON `text`.
    func control(_ text: String) -> ByteBuffer {
        switch self {
        case .webSocket:
            WebSocketFrames.frame(.text, ByteBuffer(string: text))
        case .serverSentEvents:
            ByteBuffer(string: "event: control\ndata: \(text)\n\n")
        }
    }
}
