import LedgerReporting

extension FuzzTarget {
    /// The reader of a report's file: its header, and what its query may be.
    ///
    /// The input is the file. For every one:
    /// - What is read and written down again is read as the same report.
    /// - An error names the file and a line that it has.
    /// - The query ends between two words of SQL: behind it, a closing parenthesis, an open string or comment, a second
    ///   statement and a table without positions are refused as they are at its beginning, and white space, a remark and
    ///   a semicolon are not.
    static let reportHeader = FuzzTarget(
        name: "report-header", maximumBytes: 2048, check: .immediate(checkReportHeader))
}

private let file = "fuzz.sql"

private func checkReportHeader(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    let definition: ReportDefinition
    do throws(ReportError) {
        definition = try ReportDefinition(file: file, text: text)
    } catch {
        return try checkError(error, of: text)
    }
    try checkWriting(of: definition)
    try checkEnd(of: definition, text)
}

private func checkError(_ error: ReportError, of text: String) throws(PropertyViolation) {
    // A line feed alone ends a line; as a character it would be lost in CR LF.
    let lineCount = 1 + text.utf8.count { $0 == UInt8(ascii: "\n") }
    guard error.code == .badDefinition, let place = error.place else { throw PropertyViolation("\(error)") }
    try require(place.file == file && 1...lineCount ~= place.line, "\(error) of \(lineCount) lines")
    try require(!place.reason.isEmpty && error.message == "\(file):\(place.line): \(place.reason)", "\(error)")
}

private func checkWriting(of definition: ReportDefinition) throws(PropertyViolation) {
    var again: ReportDefinition
    do throws(ReportError) {
        again = try ReportDefinition(file: file, text: definition.written)
    } catch {
        throw PropertyViolation("\(error) when it is written again:\n\(definition.written)")
    }
    try require(again.written.utf8.elementsEqual(definition.written.utf8), "it is written again as\n\(again.written)")
    try require(again.parameters == definition.parameters && again.columns == definition.columns, "it is another")
}

private func checkEnd(of definition: ReportDefinition, _ text: String) throws(PropertyViolation) {
    for addition in [")", "'", "\"", "/*", "$$", "; select 1", " from workflow_events", " $1", " :undeclared"] {
        let longer = text + "\n" + addition
        let other: ReportDefinition
        do throws(ReportError) {
            other = try ReportDefinition(file: file, text: longer)
        } catch {
            try checkError(error, of: longer)
            continue
        }
        throw PropertyViolation("\(addition) is taken behind the query, which becomes \(other.sql)")
    }
    for addition in ["\n", ";", "; ; -- That is all", "/* /* * */ */"] {
        let other = try? ReportDefinition(file: file, text: text + "\n" + addition)
        try require(other?.sql.hasPrefix(definition.sql) == true, "\(addition) is not taken behind the query")
    }
}

extension ReportDefinition {
    /// A file that says all of it.
    fileprivate var written: String {
        var lines = ["-- title: \(title)", "-- description: \(summary)"]
        for parameter in parameters {
            let choices = parameter.choices.isEmpty ? "" : " (\(parameter.choices.joined(separator: ", ")))"
            let value = parameter.isRequired ? " required" : parameter.defaultText.map { " = \($0)" } ?? ""
            lines.append(
                "-- parameter: \(parameter.name) \(parameter.type.rawValue)\(choices)\(value) | \(parameter.summary)")
        }
        for column in columns {
            lines.append("-- column: \(column.name) \(column.type.rawValue)\(column.unit.map { " \($0)" } ?? "")")
        }
        if let chart {
            let series = chart.series.map { " \($0)" } ?? ""
            lines.append("-- chart: \(chart.kind.rawValue) \(chart.category) \(chart.value)\(series)")
        }
        if let percentiles { lines.append("-- percentiles: \(percentiles.rawValue)") }
        // A query that begins with a comment shall not be taken for more of the header.
        return lines.joined(separator: "\n") + "\n\n " + sql + "\n"
    }
}
