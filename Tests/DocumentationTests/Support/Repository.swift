import Foundation
import LedgerTestSupport

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

    /// The scripts there are, as `script/NAME`.
    static func scripts() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Page.root.appending(path: "script").path)
            .map { "script/" + $0 }.filter(isScript)
    }

    /// The long options that scripts speak of themselves, and those of the programs that some of them run.
    static func options(of scripts: [String]) async throws -> Set<String> {
        let own = try await words("--[a-z][a-z-]*", in: scripts)
        // A program's option is a property of its command.
        let properties = try await words("var [a-z][A-Za-z0-9]*", in: ["Benchmarks", "Faults"])
        return own.union(
            properties.map { property in
                "--" + property.dropFirst(4).map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined()
            })
    }

    /// What `pattern`, an extended regular expression, matches in the files and directories of `places`.
    static func words(_ pattern: String, in places: [String]) async throws -> Set<String> {
        let outcome = try await CommandLineTool()
            .shell("grep -rhoE -e '\(pattern)' \(places.joined(separator: " "))", in: Page.root.path)
        return Set(outcome.lines)
    }
}
