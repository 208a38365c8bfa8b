import Foundation
package import LedgerReporting
import WorkflowEvents

extension ScheduleFile {
    /// Reads the file at `path`, whose schedules name reports of `catalogue`.
    ///
    /// - Throws: ``ScheduleError`` `fileSystem` if it cannot be read; `badFile` with every mistake.
    package init(path: String, catalogue: ReportCatalogue) throws(ScheduleError) {
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: Self.maximumBytes + 1) ?? Data()
        else { throw ScheduleError(.fileSystem, "the file of schedules `\(path)` cannot be read") }
        // What is too long is refused as such, though it may have been cut within a character.
        let whole = String(validating: data, as: UTF8.self)
        guard let text = data.count > Self.maximumBytes ? String(decoding: data, as: UTF8.self) : whole else {
            throw ScheduleError(.fileSystem, "the file of schedules `\(path)` is no UTF-8 text")
        }
        let reports = catalogue.definitions.map { definition in
            let parameters = definition.parameters.map { ($0.name, ParameterType($0.type)) }
            return (definition.name, Dictionary(parameters) { first, _ in first })
        }
        let needed = catalogue.definitions.map { ($0.name, $0.parameters.filter(\.isRequired).map(\.name)) }
        try self.init(
            text, file: path, reports: Dictionary(reports) { first, _ in first },
            needed: Dictionary(needed) { first, _ in first }
        ) { report, name, text in
            let definition = catalogue.definitions.first { $0.name == report }
            guard let parameter = definition?.parameters.first(where: { $0.name == name }) else { return nil }
            return parameter.value(of: text, now: .now) == nil ? parameter.form : nil
        }
    }
}

extension ParameterType {
    /// What a schedule may give for a parameter of `type`.
    fileprivate init(_ type: ReportType) {
        switch type {
        case .text, .texts: self = .text
        case .integer: self = .integer
        case .number: self = .number
        case .boolean: self = .boolean
        case .timestamp: self = .timestamp
        case .duration: self = .duration
        }
    }
}
