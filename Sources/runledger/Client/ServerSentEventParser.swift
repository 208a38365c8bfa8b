/// One event of a `text/event-stream`.
struct ServerSentEvent: Equatable {
    /// Its kind; `message` unless the stream says otherwise.
    var type = "message"
    var data = ""
    /// The last id that the stream has named.
    var id: String?
}

/// Reads a `text/event-stream` that comes in pieces, as the HTML standard has browsers read it.
struct ServerSentEventParser {
    private var line: [UInt8] = []
    private var endsWithReturn = false
    private var type = ""
    private var data: [String] = []
    private var id: String?

    /// Takes the next piece, and hands each event that ends in it to `body`.
    ///
    /// - Throws: what `body` throws.
    mutating func take(_ bytes: some Sequence<UInt8>, _ body: (ServerSentEvent) throws -> Void) rethrows {
        for byte in bytes {
            // A line ends with a line feed, a carriage return, or both.
            let isSecondHalf = endsWithReturn && byte == UInt8(ascii: "\n")
            endsWithReturn = byte == UInt8(ascii: "\r")
            if isSecondHalf { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                let text = String(decoding: line, as: UTF8.self)
                line.removeAll(keepingCapacity: true)
                if let event = take(text) { try body(event) }
            } else {
                line.append(byte)
            }
        }
    }

    /// Takes a line; an empty one ends an event.
    private mutating func take(_ line: String) -> ServerSentEvent? {
        guard !line.isEmpty else {
            defer { (type, data) = ("", []) }
            guard !data.isEmpty else { return nil }
            return ServerSentEvent(
                type: type.isEmpty ? "message" : type, data: data.joined(separator: "\n"), id: id)
        }
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var value = parts.count > 1 ? parts[1] : ""
        if value.first == " " { value.removeFirst() }
        switch parts[0] {
        case "event": type = String(value)
        case "data": data.append(String(value))
        case "id": id = String(value)
        // Comments begin with a colon; nothing else concerns a client.
        default: break
        }
        return nil
    }
}
