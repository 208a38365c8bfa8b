import Foundation
import WorkflowEvents

/// The header of a report's file as it is read, line by line.
struct ReportHeader {
    let file: String
    private(set) var title: String?
    private(set) var summary: String?
    private(set) var parameters: [(declaration: ReportDefinition.Parameter, line: Int)] = []
    private(set) var columns: [ReportDefinition.Column] = []
    private(set) var chart: ReportDefinition.Chart?
    private(set) var percentiles: Report.Percentiles?

    init(file: String) {
        self.file = file
    }

    func required(_ value: String?, _ key: String) throws(ReportError) -> String {
        guard let value else { throw error(1, "the header has no `-- \(key):` line") }
        return value
    }

    /// Reads a line of the header; one that does not begin with a key is a remark.
    mutating func read(_ line: Substring, number: Int) throws(ReportError) {
        guard let (key, value) = Self.entry(line) else { return }
        switch key {
        case "title": title = try once(title, key, value, number)
        case "description": summary = try once(summary, key, value, number)
        case "parameter": try readParameter(value, number)
        case "column": try readColumn(value, number)
        case "chart": try readChart(value, number)
        case "percentiles": try readPercentiles(value, number)
        default: throw error(number, "unknown key `\(key)`; known are \(Self.keys.joined(separator: ", "))")
        }
    }

    /// Refuses a line below the header that looks like one of its own and would be no more than a comment there.
    func refuse(_ line: Substring, number: Int) throws(ReportError) {
        guard let (key, _) = Self.entry(line), Self.keys.contains(String(key)) else { return }
        throw error(number, "`-- \(key):` stands below the header, which ends with the first line that is no comment")
    }

    private static let keys = ["title", "description", "parameter", "column", "chart", "percentiles"]

    private static func entry(_ line: Substring) -> (key: Substring, value: String)? {
        guard let match = line.wholeMatch(of: /--[ \t]*([A-Za-z_]+):(.*)/) else { return nil }
        return (match.output.1, match.output.2.trimmingCharacters(in: .whitespaces))
    }

    private func once(_ earlier: String?, _ key: Substring, _ value: String, _ number: Int) throws(ReportError)
        -> String
    {
        if earlier != nil { throw error(number, "`-- \(key):` stands twice") }
        if value.isEmpty { throw error(number, "`-- \(key):` says nothing") }
        return value
    }

    // MARK: - Parameters

    private mutating func readParameter(_ value: String, _ number: Int) throws(ReportError) {
        let parts = value.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2, !parts[1].isEmpty,
            let match = parts[0].wholeMatch(of: /(\S+)\s+(\w+)(?:\s*\(([^)]*)\))?(?:\s+(required)|\s*=(.*))?/)
        else {
            throw error(
                number,
                "a parameter is written `-- parameter: name type [(choices)] [= default] | what it does`, or with "
                    + "`required` in place of the default")
        }
        let (_, name, type, choices, required, defaultText) = match.output
        let parameter = ReportDefinition.Parameter(
            name: try self.name(name, number), type: try self.type(type, number),
            choices: try self.choices(choices, number),
            defaultText: defaultText?.trimmingCharacters(in: .whitespaces), isRequired: required != nil,
            summary: parts[1])
        try check(parameter, number)
        parameters.append((parameter, number))
    }

    private func choices(_ list: Substring?, _ number: Int) throws(ReportError) -> [String] {
        guard let list else { return [] }
        let choices = list.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        if choices.contains("") || Set(choices).count < choices.count {
            throw error(number, "choices are written `(one, another)`, each once")
        }
        return choices
    }

    private func check(_ parameter: ReportDefinition.Parameter, _ number: Int) throws(ReportError) {
        let name = parameter.name
        if parameters.contains(where: { $0.declaration.name == name }) {
            throw error(number, "parameter `\(name)` stands twice")
        }
        if Self.taken.contains(name) {
            throw error(number, "a parameter may not be called `\(name)`, which every report knows already")
        }
        if let type = Self.usualTypes[name], type != parameter.type {
            throw error(number, "the parameter `\(name)` is of type \(type) in every report that has it")
        }
        if !parameter.choices.isEmpty, parameter.type != .text {
            throw error(number, "only a text has choices")
        }
        if let text = parameter.defaultText, parameter.value(of: text, now: .now) == nil {
            throw error(number, "the default of `\(name)` \(parameter.form)")
        }
    }

    /// What the command and the API ask of every report.
    private static let taken: Set<String> = ["as_of", "recorded_since", "recorded_until", "format", "output"]

    private static let usualTypes: [String: ReportType] = [
        "since": .timestamp, "until": .timestamp, "node": .text, ReportDefinition.Parameter.limit: .integer,
    ]

    // MARK: - Columns and chart

    private mutating func readColumn(_ value: String, _ number: Int) throws(ReportError) {
        let words = value.split(separator: " ")
        guard (2...3).contains(words.count) else {
            throw error(number, "a column is written `-- column: name type [unit]`")
        }
        let (name, type) = (try name(words[0], number), try type(words[1], number))
        if columns.contains(where: { $0.name == name }) { throw error(number, "column `\(name)` stands twice") }
        if type == .duration {
            throw error(number, "a column holds no duration: give a number with the unit ms")
        }
        if words.count == 3, type != .integer, type != .number {
            throw error(number, "a unit is for numbers, and `\(name)` is of type \(type)")
        }
        columns.append(.init(name: name, type: type, unit: words.count == 3 ? String(words[2]) : nil))
    }

    private mutating func readChart(_ value: String, _ number: Int) throws(ReportError) {
        let words = value.split(separator: " ").map(String.init)
        guard (3...4).contains(words.count), let kind = ReportDefinition.Chart.Kind(rawValue: words[0]) else {
            throw error(number, "a chart is written `-- chart: bar|line category value [series]`")
        }
        if chart != nil { throw error(number, "`-- chart:` stands twice") }
        for name in words[1...] where !columns.contains(where: { $0.name == name }) {
            throw error(number, "the chart names `\(name)`, which no `-- column:` line above declares")
        }
        if Set(words[1...]).count < words.count - 1 {
            throw error(number, "the chart names a column twice")
        }
        if let column = columns.first(where: { $0.name == words[2] }), column.type != .integer, column.type != .number {
            throw error(number, "the chart shows `\(column.name)`, which is no number")
        }
        chart = .init(kind: kind, category: words[1], value: words[2], series: words.count == 4 ? words[3] : nil)
    }

    private mutating func readPercentiles(_ value: String, _ number: Int) throws(ReportError) {
        if percentiles != nil { throw error(number, "`-- percentiles:` stands twice") }
        guard let percentiles = Report.Percentiles(rawValue: value) else {
            throw error(number, "`-- percentiles:` says exact or sketched")
        }
        self.percentiles = percentiles
    }

    // MARK: - Words

    private func name(_ word: Substring, _ number: Int) throws(ReportError) -> String {
        // PostgreSQL cuts a longer name off.
        guard word.wholeMatch(of: /[a-z_][a-z0-9_]*/) != nil, word.utf8.count <= 63 else {
            throw error(
                number, "`\(word)` is no name: a name is of lower-case letters, digits and underscores, at most 63")
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

    private func error(_ line: Int, _ reason: String) -> ReportError {
        .badDefinition(file, line, reason)
    }
}
