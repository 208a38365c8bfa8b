/// A form in which a report can be delivered.
package enum ArtifactFormat: String, Sendable, Hashable, CaseIterable {
    /// Columns for a terminal.
    case table
    case json
    /// A JSON object a line.
    case ndjson
    case csv
    case markdown
    case html

    /// How a file of it ends, without the dot; no two formats share one.
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

    /// Its media type, with the character encoding where it is a text (RFC 6838, RFC 7763 for Markdown, RFC 4180 for CSV).
    package var contentType: String {
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
