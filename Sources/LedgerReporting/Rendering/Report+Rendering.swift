extension Report {
    /// The answer in `format`, UTF-8, as a file or a response holds it; every format ends with a line feed.
    ///
    /// A table is as wide as it needs. Table, NDJSON and CSV hold the rows alone; the others also say what they answer
    /// to.
    package func rendered(as format: ReportFormat) -> [UInt8] {
        switch format {
        case .table: Array(table.text(width: nil).utf8)
        case .json: json + [UInt8(ascii: "\n")]
        case .ndjson: table.ndjson
        case .csv: table.csv
        case .markdown: Array(markdown.utf8)
        case .html: Array(html.utf8)
        }
    }
}
