import Foundation
package import LedgerReporting

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
        let reports = catalogue.definitions.map { ($0.name, $0.parameters) }
        try self.init(text, file: path, reports: Dictionary(reports) { first, _ in first })
    }
}
