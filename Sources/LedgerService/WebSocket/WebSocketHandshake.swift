import Crypto
import Foundation
import HTTPTypes

/// The opening handshake of RFC 6455, section 4.2.
enum WebSocketHandshake {
    /// Whether the client asks for a WebSocket.
    static func isAskedFor(_ headers: HTTPFields) -> Bool {
        headers[.upgrade].map { tokens($0).contains("websocket") } ?? false
    }

    /// The header fields that accept a client's request.
    ///
    /// - Throws: ``Problem``: 426 for another version, 400 for anything else that is missing.
    static func accept(_ headers: HTTPFields) throws(Problem) -> HTTPFields {
        guard headers[.secWebSocketVersion] == "13" else {
            throw Problem(
                .upgradeRequired, "The stream speaks version 13 of the WebSocket protocol.",
                headers: [.secWebSocketVersion: "13", .upgrade: "websocket", .connection: "Upgrade"])
        }
        guard headers[.connection].map({ tokens($0).contains("upgrade") }) ?? false else {
            throw Problem(.badRequest, "A WebSocket needs the header field Connection: Upgrade.")
        }
        guard let key = headers[.secWebSocketKey], Data(base64Encoded: key)?.count == 16 else {
            throw Problem(.badRequest, "Sec-WebSocket-Key must be 16 bytes in base64.")
        }
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return [
            .upgrade: "websocket", .connection: "Upgrade", .secWebSocketAccept: Data(digest).base64EncodedString(),
        ]
    }

    private static func tokens(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    }
}
