import Foundation

/// Runs `body` with the path of a new directory, which is removed afterwards.
package nonisolated(nonsending) func withTemporaryDirectory<Value>(
    _ body: (String) async throws -> Value
) async throws -> Value {
    let path = FileManager.default.temporaryDirectory.appending(path: "runledger-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
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
