import HTTPTypes

/// In which form a request carries its events.
package enum IngestFormat: Sendable {
    /// One event or an array.
    case json
    /// An event a line.
    case lines

    /// The form that the header field `Content-Type` names.
    ///
    /// - Throws: ``Problem`` 415.
    init(_ headers: HTTPFields) throws(Problem) {
        let field = headers[.contentType]
        // As nearly everybody writes it.
        if field == "application/json" {
            self = .json
            return
        }
        let type = field?.split(separator: ";").first.map {
            $0.trimmingPrefix(while: \.isWhitespace).lowercased().filter { !$0.isWhitespace }
        }
        switch type {
        case "application/json": self = .json
        case "application/x-ndjson", "application/jsonl": self = .lines
        default:
            throw Problem(
                .unsupportedMediaType,
                "Send Content-Type: application/json (one event or an array) or application/x-ndjson (one a line).")
        }
    }
}
