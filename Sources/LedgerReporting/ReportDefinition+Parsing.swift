import Crypto
import Foundation

extension ReportDefinition {
    /// Reads the file `file`, whose text is `text`: header lines `-- key: value`, then one SELECT.
    ///
    /// - Throws: ``ReportError`` `badDefinition` with file, line and reason.
    package init(file: String, text: String) throws(ReportError) {
        var header = ReportHeader(file: file)
        // As a character, CR LF is one, which is no LF.
        let lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        let bodyStart = lines.firstIndex { !$0.hasPrefix("--") } ?? lines.count
        for (index, line) in lines[..<bodyStart].enumerated() { try header.read(line, number: index + 1) }
        self.name = String(file.hasSuffix(".sql") ? file.dropLast(4) : file[...])
        self.sql = lines[bodyStart...].joined(separator: "\n").trimmingCharacters(in: Self.aroundQuery)
        self.sha256 = SHA256.hash(data: Data(text.utf8)).hexadecimal
        self.title = try header.required(header.title, "title")
        self.summary = try header.required(header.summary, "description")
        self.parameters = header.parameters
        self.columns = header.columns
        self.chart = header.chart
        if sql.isEmpty { throw header.error(lines.count, "there is no query below the header") }
        if columns.isEmpty { throw header.error(1, "no line `-- column: name type` says what the query answers") }
        let undeclared = ReportQuery.names(in: sql).filter { name in !parameters.contains { $0.name == name } }
        for (index, line) in lines.enumerated().dropFirst(bodyStart) {
            if let name = undeclared.first(where: { line.contains(":\($0)") }) {
                throw header.error(index + 1, "the query uses :\(name), which no `-- parameter:` line declares")
            }
        }
    }

    /// A semicolon at the end is nobody's mistake, but would end the query that this one is wrapped in.
    private static let aroundQuery = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: ";"))
}

/// The header of a report's file as it is read, line by line.
private struct ReportHeader {
    let file: String
    var title: String?
    var summary: String?
    var parameters: [ReportDefinition.Parameter] = []
    var columns: [ReportDefinition.Column] = []
    var chart: ReportDefinition.Chart?

    init(file: String) {
        self.file = file
    }

    func error(_ line: Int, _ reason: String) -> ReportError {
        ReportError(.badDefinition, "\(file):\(line): \(reason)")
    }

    func required(_ value: String?, _ key: String) throws(ReportError) -> String {
        guard let value, !value.isEmpty else { throw error(1, "the header has no `-- \(key):` line") }
        return value
    }

    mutating func read(_ line: Substring, number: Int) throws(ReportError) {
        let text = line.dropFirst(2).drop { $0 == " " }
        guard let colon = text.firstIndex(of: ":") else { return }
        let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        switch text[..<colon] {
        case "title": title = value
        case "description": summary = value
        case "parameter": try readParameter(value, number)
        case "column": try readColumn(value, number)
        case "chart": try readChart(value, number)
        case let key:
            throw error(number, "unknown key `\(key)`; known are title, description, parameter, column and chart")
        }
    }

    private mutating func readParameter(_ value: String, _ number: Int) throws(ReportError) {
        let parts = value.split(separator: "|", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        let words = (parts.first ?? "").split(separator: " ")
        guard words.count == 2, parts.count == 2 else {
            throw error(number, "a parameter is written `-- parameter: name type | what it does`")
        }
        let name = try name(words[0], number)
        if parameters.contains(where: { $0.name == name }) { throw error(number, "parameter `\(name)` stands twice") }
        parameters.append(.init(name: name, type: try type(words[1], number), summary: parts[1]))
    }

    private mutating func readColumn(_ value: String, _ number: Int) throws(ReportError) {
        let words = value.split(separator: " ")
        guard (2...3).contains(words.count) else {
            throw error(number, "a column is written `-- column: name type [unit]`")
        }
        let name = try name(words[0], number)
        if columns.contains(where: { $0.name == name }) { throw error(number, "column `\(name)` stands twice") }
        columns.append(
            .init(name: name, type: try type(words[1], number), unit: words.count == 3 ? String(words[2]) : nil))
    }

    private mutating func readChart(_ value: String, _ number: Int) throws(ReportError) {
        let words = value.split(separator: " ").map(String.init)
        guard (3...4).contains(words.count), let kind = ReportDefinition.Chart.Kind(rawValue: words[0]) else {
            throw error(number, "a chart is written `-- chart: bar|line category value [series]`")
        }
        for name in words[1...] where !columns.contains(where: { $0.name == name }) {
            throw error(number, "the chart names `\(name)`, which no `-- column:` line above declares")
        }
        guard columns.contains(where: { $0.name == words[2] && $0.type.isNumeric }) else {
            throw error(number, "the chart draws `\(words[2])`, which is no number")
        }
        chart = .init(kind: kind, category: words[1], value: words[2], series: words.count == 4 ? words[3] : nil)
    }

    private func name(_ word: Substring, _ number: Int) throws(ReportError) -> String {
        guard word.wholeMatch(of: /[a-z_][a-z0-9_]*/) != nil else {
            throw error(number, "`\(word)` is no name: a name is of lower-case letters, digits and underscores")
        }
        return String(word)
    }

    private func type(_ word: Substring, _ number: Int) throws(ReportError) -> ReportType {
        guard let type = ReportType(rawValue: String(word)) else {
            let known = ReportType.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(number, "`\(word)` is no type; the types are \(known)")
        }
        return type
    }
}
