import Foundation

/// The directory of one run's logs, and of whatever a check found.
struct Details: Sendable {
    let path: String

    /// Makes it; one that holds the journals of another run is refused.
    init(path: String) throws {
        self.path = path
        if let names = try? FileManager.default.contentsOfDirectory(atPath: path), !names.isEmpty {
            throw FaultsError("\(path) is not empty; name another directory with --details")
        }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The directory `name` in it, made if need be.
    func directory(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
        return file(name)
    }

    func write(_ lines: [String], to name: String) throws {
        try (lines.joined(separator: "\n") + "\n").write(toFile: file(name), atomically: false, encoding: .utf8)
    }

    /// Keeps a copy of the file at `source`.
    func keep(_ source: String, as name: String) {
        try? FileManager.default.copyItem(atPath: source, toPath: file(name))
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
