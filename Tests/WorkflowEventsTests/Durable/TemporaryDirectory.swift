import Foundation

/// Runs `body` with the path of a new directory, which is removed afterwards.
func withTemporaryDirectory<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Result
) async throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "spool-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// The paths of all files under `path`, relative to it and sorted, the lock files left out.
func files(under path: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
        return attributes?[.type] as? FileAttributeType == .typeRegular && !name.hasSuffix("/lock")
    }.sorted()
}

/// How many events the files of a spool below `path` hold.
func spooledEventCount(under path: String) -> Int {
    files(under: path).reduce(0) { count, file in
        let text = try? String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
        return count + (text?.split(separator: "\n").count ?? 0)
    }
}
