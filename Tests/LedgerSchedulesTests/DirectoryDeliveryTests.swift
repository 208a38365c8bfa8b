import Foundation
import LedgerSchedules
import Testing

@Suite("Delivery into a directory")
struct DirectoryDeliveryTests {
    @Test("A file is written under its name, with the directories above it")
    func written() throws {
        try withTemporaryDirectory { root in
            let delivery = DirectoryDelivery(path: root + "/a/b", template: .standard)
            let outcome = try delivery.deliver(.sample(body: "hello"))
            #expect(outcome == .written(root + "/a/b/nightly/2026-11-27-failures.html"))
            #expect(try text(root + "/a/b/nightly/2026-11-27-failures.html") == "hello")
            #expect(try files(below: root) == ["a/b/nightly/2026-11-27-failures.html"])
        }
    }

    @Test("The same contents under the same name count as delivered")
    func again() throws {
        try withTemporaryDirectory { root in
            let delivery = DirectoryDelivery(path: root, template: .standard)
            for body in ["", "hello", String(repeating: "long ", count: 100_000)] {
                let artifact = Artifact.sample(report: "r\(body.count)", body: body)
                let path = "\(root)/nightly/2026-11-27-r\(body.count).html"
                let outcomes = [try delivery.deliver(artifact), try delivery.deliver(artifact)]
                let written = try text(path)
                #expect(outcomes == [.written(path), .alreadyThere(path)])
                #expect(written == body)
            }
            #expect(try files(below: root).count == 3)
        }
    }

    @Test("A file with other contents is never overwritten", arguments: ["", "hell", "hellO", "hello!"])
    func taken(_ contents: String) throws {
        try withTemporaryDirectory { root in
            let delivery = DirectoryDelivery(path: root, template: try FileNameTemplate("{slot}"))
            let path = root + "/20261127T050000Z"
            try Data(contents.utf8).write(to: URL(filePath: path))
            let error = try #require(throws: ScheduleError.self) { try delivery.deliver(.sample(body: "hello")) }
            #expect(error.code == .nameTaken)
            #expect(!error.isRetryable)
            #expect(
                error.message
                    == "`\(path)` is a file with other contents; nothing is overwritten, so move it away to deliver this one"
            )
            #expect(try text(path) == contents)
            #expect(try files(below: root) == ["20261127T050000Z"])
        }
    }

    @Test("A directory, a symbolic link or a pipe under the name is left alone")
    func otherThanFile() throws {
        try withTemporaryDirectory { root in
            let delivery = DirectoryDelivery(path: root, template: try FileNameTemplate("{report}"))
            try FileManager.default.createDirectory(atPath: root + "/d", withIntermediateDirectories: false)
            try Data("hello".utf8).write(to: URL(filePath: root + "/target"))
            try FileManager.default.createSymbolicLink(atPath: root + "/s", withDestinationPath: "target")
            try FileManager.default.createSymbolicLink(atPath: root + "/dangling", withDestinationPath: "nowhere")
            #expect(mkfifo(root + "/p", 0o600) == 0)
            for name in ["d", "s", "dangling", "p"] {
                let artifact = Artifact.sample(report: name, body: "hello")
                let error = try #require(throws: ScheduleError.self) { try delivery.deliver(artifact) }
                #expect(error.code == .nameTaken, "\(error)")
            }
            #expect(try !files(below: root).contains { $0.hasSuffix(".part") || $0 == "nowhere" })
        }
    }

    @Test("A symbolic link on the way is not followed")
    func link() throws {
        try withTemporaryDirectory { root in
            try FileManager.default.createDirectory(atPath: root + "/inside", withIntermediateDirectories: false)
            try FileManager.default.createDirectory(atPath: root + "/outside", withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(
                atPath: root + "/inside/nightly", withDestinationPath: root + "/outside")
            let delivery = DirectoryDelivery(path: root + "/inside", template: .standard)
            let error = try #require(throws: ScheduleError.self) { try delivery.deliver(.sample(body: "hello")) }
            #expect(error.code == .unsafePath)
            #expect(try files(below: root + "/outside").isEmpty)
        }
    }

    @Test("The directory itself may be a symbolic link")
    func linkedRoot() throws {
        try withTemporaryDirectory { root in
            try FileManager.default.createDirectory(atPath: root + "/real", withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: root + "/linked", withDestinationPath: "real")
            let delivery = DirectoryDelivery(path: root + "/linked", template: try FileNameTemplate("{slot}"))
            _ = try delivery.deliver(.sample(body: "hello"))
            #expect(try files(below: root + "/real") == ["20261127T050000Z"])
        }
    }

    @Test("A file where a directory should be is named, and a failure leaves no file behind")
    func fileOnTheWay() throws {
        try withTemporaryDirectory { root in
            try Data().write(to: URL(filePath: root + "/nightly"))
            let below = DirectoryDelivery(path: root, template: .standard)
            let error = try #require(throws: ScheduleError.self) { try below.deliver(.sample(body: "hello")) }
            #expect(error.code == .unsafePath)
            let inside = DirectoryDelivery(path: root + "/nightly/x", template: .standard)
            let other = try #require(throws: ScheduleError.self) { try inside.deliver(.sample(body: "hello")) }
            #expect(other.code == .fileSystem)
            #expect(other.isRetryable)
            #expect(try files(below: root) == ["nightly"])
        }
    }

    @Test("A name too long for a file is refused before anything is written")
    func long() throws {
        try withTemporaryDirectory { root in
            let delivery = DirectoryDelivery(path: root, template: .standard)
            let artifact = Artifact.sample(report: String(repeating: "r", count: 240), body: "hello")
            let error = try #require(throws: ScheduleError.self) { try delivery.deliver(artifact) }
            #expect(error.code == .badTemplate)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root).isEmpty)
        }
    }

    @Test("Many that deliver the same at once leave one whole file")
    func race() async throws {
        let root = NSTemporaryDirectory() + "race-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let delivery = DirectoryDelivery(path: root, template: .standard)
        let artifact = Artifact.sample(body: String(repeating: "x", count: 200_000))
        let outcomes = try await withThrowingTaskGroup(of: DirectoryDelivery.Outcome.self) { group in
            for _ in 0..<16 { group.addTask { try delivery.deliver(artifact) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let path = root + "/nightly/2026-11-27-failures.html"
        #expect(outcomes.count { $0 == .written(path) } == 1)
        #expect(outcomes.count { $0 == .alreadyThere(path) } == 15)
        #expect(try files(below: root) == ["nightly/2026-11-27-failures.html"])
        #expect(try text(path).utf8.count == 200_000)
    }
}

// MARK: - Support

private func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "delivery-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
}

private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
}

/// What is below `root` and no directory, hidden files too.
private func files(below root: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
        let type = try FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")[.type] as? FileAttributeType
        return type != .typeDirectory
    }.sorted()
}
