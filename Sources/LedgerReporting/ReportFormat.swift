/// A form in which an answer is handed out.
package enum ReportFormat: String, Sendable, Hashable, CaseIterable {
    /// Columns of text for people, as wide as they need.
    case table
    /// One object, as the HTTP API answers it.
    case json
    /// An object a row, one a line.
    case ndjson
    /// RFC 4180, with a header line.
    case csv
    /// A document with a GitHub table.
    case markdown
    /// One self-contained page.
    case html

    /// What the name of a file of this format ends in, without the dot.
    package var fileExtension: String {
        switch self {
        case .table: "txt"
        case .json: "json"
        case .ndjson: "ndjson"
        case .csv: "csv"
        case .markdown: "md"
        case .html: "html"
        }
    }

    /// The media type, as `Content-Type` gives it. CSV is that of RFC 4180, Markdown that of RFC 7763.
    package var mediaType: String {
        switch self {
        case .table: "text/plain; charset=utf-8"
        case .json: "application/json"
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv; charset=utf-8; header=present"
        case .markdown: "text/markdown; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        }
    }
}
