/// A table of figures: a row a size, a report or an operation.
struct Table {
    var heading: String
    /// What the columns are, and how they were measured.
    var note: String
    var columns: [String]
    var rows: [[String]]

    /// The rows and columns, as Markdown.
    var markdown: String {
        let lines = [columns, columns.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }
}
