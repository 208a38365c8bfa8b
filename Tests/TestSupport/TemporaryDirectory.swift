import Foundation

/// Runs `body` with the path of a new directory, which PostgreSQL's user can enter and which is removed afterwards.
package nonisolated(nonsending) func withTemporaryDirectory<Value>(
    _ body: (_ path: String) async throws -> Value
) async throws -> Value {
    let parent = ProcessInfo.processInfo.environment["RUNLEDGER_THROWAWAY_DIR"] ?? "/tmp"
    let path = parent + "/rl-" + String(UInt64.random(in: .min ... .max), radix: 36)
    try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// The names of the files of batches under `path`.
package func files(under path: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
        return attributes?[.type] as? FileAttributeType == .typeRegular && !name.hasSuffix("lock")
    }
}
