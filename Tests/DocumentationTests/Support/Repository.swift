import Foundation

/// What the pages speak of beside the command: scripts, files, and words of the sources.
enum Repository {
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: Page.root.appending(path: path).path)
    }

    /// Whether some file's path begins with `path`, as `migrations/0014` does.
    static func begins(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        let directory = Page.root.appending(path: parts.dropLast().joined(separator: "/")).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.contains { $0.hasPrefix(parts.last ?? "") }
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: Page.root.appending(path: path), encoding: .utf8)
    }

    /// Whether `script/NAME` is there and can be run.
    static func isScript(_ path: String) -> Bool {
        path.hasPrefix("script/") && FileManager.default.isExecutableFile(atPath: Page.root.appending(path: path).path)
    }

    /// Whether a script speaks of `option`, or, being a shell around one, the command it runs.
    static func knows(_ option: String, _ script: String) -> Bool {
        let name = option.prefix { $0 != "=" }
        if (try? text(script).contains(name)) == true { return true }
        // Options are written as properties of the commands that the scripts run.
        let property = name.drop { $0 == "-" }.split(separator: "-").enumerated()
            .map { $0 == 0 ? String($1) : $1.capitalized }.joined()
        return ["Benchmarks", "Faults"].contains { sources(under: $0).contains("var \(property)") }
    }

    /// The text of all sources under a directory.
    static func sources(under directory: String) -> String {
        let files = FileManager.default.enumerator(atPath: Page.root.appending(path: directory).path)
        return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.sorted()
            .compactMap { try? text("\(directory)/\($0)") }.joined(separator: "\n")
    }
}
