extension DataTable {
    /// The table as GitHub's Markdown has it, numbers right-aligned; without rows a sentence that says so. Ends with a
    /// line feed.
    ///
    /// Every text is shown as it is; line ends in it are `<br>`, control characters and such as turn the direction of
    /// writing are spaces.
    package var markdown: String {
        if rows.isEmpty { return "No rows.\n" }
        var markdown = Self.line(columns.map { $0.name.markdown })
        markdown += Self.line(columns.map { $0.type.isNumeric ? "---:" : "---" })
        let formats = ColumnFormat.formats(of: self, groupsDigits: false)
        for row in rows { markdown += Self.line(zip(formats, row).map(Self.cell)) }
        return markdown
    }

    private static func cell(_ format: ColumnFormat, _ value: ReportValue) -> String {
        switch value {
        case .timestamp: format.text(value) + "Z"
        case .texts(let texts): texts.map(\.markdown).joined(separator: "<br>")
        case .text, .null: format.text(value).markdown
        // Within a table the sign or the dot of a number is nothing else.
        case .integer, .number, .boolean, .duration: format.text(value)
        }
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |\n"
    }
}
