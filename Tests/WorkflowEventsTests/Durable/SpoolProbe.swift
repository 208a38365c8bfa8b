import Foundation

/// The running program `SpoolProbe`, killed at the latest when the test lets go of it.
final class SpoolProbe {
    private let process = Process()
    private let output = Pipe()

    init(spool: String, mode: String, count: Int) throws {
        process.executableURL = Self.url
        process.arguments = [spool, mode, String(count)]
        process.standardOutput = output
        try process.run()
    }

    deinit { kill() }

    /// Kills the process as `kill -9` does and waits until it is gone.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Reads lines until `isEnough`; a line in progress does not count.
    func readLines(until isEnough: ([Substring]) -> Bool) throws -> [Substring] {
        var text = ""
        while true {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if isEnough(Array(lines)) { return Array(lines) }
            guard let data = try output.fileHandleForReading.read(upToCount: 1), !data.isEmpty else {
                throw CocoaError(.fileReadUnknown)
            }
            text += String(decoding: data + output.fileHandleForReading.availableData, as: UTF8.self)
        }
    }

    /// The program lies beside the one that runs the tests.
    private static var url: URL {
        let runner = URL(filePath: CommandLine.arguments[0])
        let candidates = sequence(first: runner) { $0.pathComponents.count > 1 ? $0.deletingLastPathComponent() : nil }
        return candidates.lazy.map { $0.deletingLastPathComponent().appending(path: "SpoolProbe") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? runner
    }
}
