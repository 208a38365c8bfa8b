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
        // Without its parameters and without white space.
        let type = headers[.contentType]?.utf8.prefix { $0 != UInt8(ascii: ";") }.filter {
            $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t")
        }
        switch type.map({ String(decoding: $0, as: UTF8.self).lowercased() }) {
        case "application/json": self = .json
        case "application/x-ndjson", "application/jsonl": self = .lines
        default:
            throw Problem(
                .unsupportedMediaType,
                "Send Content-Type: application/json (one event or an array) or application/x-ndjson (one a line).")
        }
    }
}
