import Foundation
import FuzzTargets
import Testing

/// The inputs that fuzzing has kept, without fuzzing.
@Suite("The corpus")
struct CorpusTests {

    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Corpus")

    static func files(of target: FuzzTarget) throws -> [URL] {
        let directory = directory.appending(path: target.name)
        return try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
    }

    @Test("What holds for every input holds for each that was kept", arguments: FuzzTarget.all.map(\.name))
    func replay(name: String) async throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let files = try Self.files(of: target)
        #expect(!files.isEmpty)
        for file in files {
            let input = Array(try Data(contentsOf: file))
            do {
                try await target.check(input)
            } catch {
                Issue.record("\(name)/\(file.lastPathComponent): \(error)")
            }
        }
    }
}
