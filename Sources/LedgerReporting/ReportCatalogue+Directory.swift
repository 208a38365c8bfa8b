import Foundation

extension ReportCatalogue {
    /// A catalogue, and what kept files out of it.
    package struct Loaded: Sendable {
        package var catalogue: ReportCatalogue
        /// Why files are not in it, each with ``ReportError/place``, by file name.
        package var errors: [ReportError]

        package init(catalogue: ReportCatalogue, errors: [ReportError]) {
            self.catalogue = catalogue
            self.errors = errors
        }
    }

    /// What is left of `loaded` after the database has looked at the queries of the user's reports.
    ///
    /// - Throws: an error of the database connection; a retry is safe.
    package static func check(_ loaded: Loaded, by runner: ReportRunner) async throws -> Loaded {
        var checked = Loaded(catalogue: loaded.catalogue, errors: loaded.errors)
        let builtInNames = Set(try builtIn().definitions.map(\.name))
        var definitions: [ReportDefinition] = []
        for definition in loaded.catalogue.definitions {
            do {
                if !builtInNames.contains(definition.name) { try await runner.check(definition) }
                definitions.append(definition)
            } catch let error as ReportError where error.code == .badDefinition {
                checked.errors.append(error)
            }
        }
        checked.catalogue = ReportCatalogue(definitions)
        return checked
    }

    /// The largest file that is read.
    package static let maximumFileBytes = 1 << 20
    /// How many files of a directory are read; of more, the first by name.
    package static let maximumFileCount = 1000

    /// The built-in reports and those of the `.sql` files in `directory`; without one, the built-in ones alone.
    ///
    /// A file that is wrong, or is named like a built-in report, is left out and told of; the others work. Other names
    /// and directories below are passed over; a link counts as what it leads to.
    ///
    /// - Throws: ``ReportError`` `badDirectory` if the directory cannot be read.
    package static func load(directory: String?) throws(ReportError) -> Loaded {
        var loaded = Loaded(catalogue: try builtIn(), errors: [])
        guard let directory else { return loaded }
        let builtInNames = Set(loaded.catalogue.definitions.map(\.name))
        var definitions = loaded.catalogue.definitions
        let files = try fileNames(in: directory)
        for file in files.prefix(maximumFileCount) {
            do throws(ReportError) {
                let url = URL(filePath: directory, directoryHint: .isDirectory).appending(path: file)
                let definition = try ReportDefinition(file: file, text: try text(of: url))
                if builtInNames.contains(definition.name) {
                    throw .badDefinition(
                        file, 1, "there is a built-in report `\(definition.name)`; choose another name")
                }
                definitions.append(definition)
            } catch {
                loaded.errors.append(error)
            }
        }
        if files.count > maximumFileCount {
            loaded.errors.append(
                .badDefinition(
                    files[maximumFileCount], 1,
                    "this file and those after it are too many: a directory holds at most \(maximumFileCount) reports"))
        }
        loaded.catalogue = ReportCatalogue(definitions)
        return loaded
    }

    private static func fileNames(in directory: String) throws(ReportError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".sql") }
                .sorted()
        } catch {
            throw ReportError(
                .badDirectory, "The reports in \(directory) cannot be read: \(error.localizedDescription)")
        }
    }

    private static func text(of url: URL) throws(ReportError) -> String {
        let file = url.lastPathComponent
        let target = url.resolvingSymlinksInPath()
        // Before it is opened: a pipe would wait for somebody to write.
        let attributes = try? FileManager.default.attributesOfItem(atPath: target.path(percentEncoded: false))
        guard attributes?[.type] as? FileAttributeType == .typeRegular else {
            throw .badDefinition(file, 1, "this is no regular file")
        }
        guard let handle = try? FileHandle(forReadingFrom: target),
            let data = try? handle.read(upToCount: maximumFileBytes + 1) ?? Data()
        else { throw .badDefinition(file, 1, "this file cannot be read") }
        guard data.count <= maximumFileBytes else {
            throw .badDefinition(file, 1, "this file is larger than \(maximumFileBytes) bytes")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
            throw .badDefinition(file, line + 1, "this is no UTF-8 text")
        }
        return text
    }
}
