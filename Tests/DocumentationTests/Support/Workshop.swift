import Foundation
import LedgerTestSupport
import LibPQ
import Testing

/// Where a page's commands are tried: a directory, a database, and the command on the path.
struct Workshop: Sendable {
    var tool: CommandLineTool
    let directory: String
    let database: PostgresConfiguration

    /// Runs `script` in the directory, which must succeed; what it printed.
    ///
    /// - Parameter replacements: what is put in place of words that hold elsewhere, such as the address of a service;
    ///   each must be there.
    @discardableResult
    func run(_ script: String, replacing replacements: [String: String] = [:]) async throws -> String {
        let outcome = try await tool.shell("set -e\n" + replacing(replacements, in: script), in: directory)
        #expect(outcome.exitCode == 0, "\(script)\n\(outcome.errors)")
        return outcome.output
    }

    /// Runs each command behind a `$` of `session`, whose output must be as shown there, but for times and positions.
    ///
    /// - Parameter exitCode: that of the last command.
    func converse(_ session: String, exitCode: Int32 = 0) async throws {
        for part in session.split(separator: "$ ") {
            let shown = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            let outcome = try await tool.shell("{ \(shown[0]); } 2>&1", in: directory)
            #expect(Self.timeless(outcome.output) == Self.timeless(shown.last.map { $0 + "\n" } ?? ""))
            #expect(outcome.exitCode == exitCode)
        }
    }

    /// Runs a command that goes on for ever until it has printed something, while `work` gives it something to print.
    func follow(_ command: String, while work: @escaping @Sendable (_ number: Int) async throws -> Void) async throws {
        let worker = Task {
            var number = 0
            while !Task.isCancelled {
                number += 1
                try await work(number)
            }
        }
        let outcome = try await tool.shell("\(command) | head -n 1", in: directory)
        worker.cancel()
        _ = await worker.result
        #expect(outcome.output.contains("\"run_id\":"), "\(outcome.errors)")
    }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
    }

    /// `text` with the same digits for all times and for the position of an answer.
    private static func timeless(_ text: String) -> String {
        text.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/, with: "0000-00-00 00:00:00Z")
            .replacing(/As of position \d+/, with: "As of position 0")
    }

    private func replacing(_ replacements: [String: String], in script: String) throws -> String {
        try replacements.reduce(script) { script, replacement in
            try #require(script.contains(replacement.key), "\(replacement.key) is not in \(script)")
            return script.replacing(replacement.key, with: replacement.value)
        }
    }
}

/// Runs `body` with an empty directory, and an empty database that the command is told of.
func withWorkshop<Value>(_ body: (Workshop) async throws -> Value) async throws -> Value {
    try await withTestDatabase { database in
        try await withTemporaryDirectory { directory in
            try await body(
                Workshop(tool: CommandLineTool(database: database), directory: directory, database: database))
        }
    }
}

/// Runs `body` as ``withWorkshop(_:)`` does, with a ledger in the database and a service on it.
///
/// What `body` runs has the service's address and an administrator's token in `RUNLEDGER_URL` and `RUNLEDGER_TOKEN`.
func withServiceWorkshop(
    _ body: @escaping @Sendable (_ workshop: Workshop, _ service: String, _ token: String) async throws -> Void
) async throws {
    try await withWorkshop { workshop in
        let token = "a-token-of-sixteen-or-more"
        var tool = workshop.tool
        tool.environment["RUNLEDGER_ADMIN_TOKEN"] = token
        let outcome = try await tool.serving("--port", "0", "--migrate") { service in
            var client = workshop
            client.tool.environment["RUNLEDGER_URL"] = service.url
            client.tool.environment["RUNLEDGER_TOKEN"] = token
            try await body(client, service.url, token)
        }
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
    }
}
