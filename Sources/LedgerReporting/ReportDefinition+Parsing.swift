import Crypto
import Foundation

extension ReportDefinition {
    /// Reads the file `file`, whose text is `text`: header lines `-- key: value`, then one SELECT.
    ///
    /// - Throws: ``ReportError`` `badDefinition` with file, line and reason.
    package init(file: String, text: String) throws(ReportError) {
        // As a character, CR LF is one, which is no LF.
        let lines = text.trimmingPrefix("\u{FEFF}").replacing("\r\n", with: "\n")
            .split(separator: "\n", omittingEmptySubsequences: false)
        if let line = lines.firstIndex(where: { $0.utf8.contains(0) }) {
            throw .badDefinition(file, line + 1, "there is a NUL character")
        }
        guard file.wholeMatch(of: /[a-z0-9][a-z0-9-]*\.sql/) != nil else {
            throw .badDefinition(
                file, 1, "the name of a report's file is of lower-case letters, digits and dashes, and ends in .sql")
        }
        var header = ReportHeader(file: file)
        let bodyStart = lines.firstIndex { !$0.hasPrefix("--") } ?? lines.count
        for (index, line) in lines[..<bodyStart].enumerated() { try header.read(line, number: index + 1) }
        for (index, line) in lines.enumerated().dropFirst(bodyStart) { try header.refuse(line, number: index + 1) }

        self.name = String(file.dropLast(4))
        self.sha256 = SHA256.hash(data: Data(text.utf8)).hexadecimal
        self.title = try header.required(header.title, "title")
        self.summary = try header.required(header.summary, "description")
        self.parameters = header.parameters.map(\.declaration)
        self.columns = header.columns
        self.chart = header.chart
        self.percentiles = header.percentiles
        if columns.isEmpty {
            throw .badDefinition(file, 1, "no line `-- column: name type` says what the query answers")
        }
        let query = try Self.query(
            lines[bodyStart...].joined(separator: "\n"), of: file, firstLine: min(bodyStart + 1, lines.count),
            parameters: header.parameters)
        self.sql = query.trimmingCharacters(in: .whitespacesAndNewlines)
        self.firstLine = bodyStart + 1 + query.prefix(while: \.isWhitespace).count { $0 == "\n" }
    }
}
