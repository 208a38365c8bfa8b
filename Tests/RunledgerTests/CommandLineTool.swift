import Foundation
import LedgerTestSupport
import LibPQ
import Subprocess
import SystemPackage
import Testing

/// The command as its users run it: the executable that was built beside these tests, in a process of its own.
struct CommandLineTool {
    /// How a process ended.
    struct Outcome {
        /// The exit code; 128 and its number more for one that a signal ended.
        let exitCode: Int32
        let output: String
        let errors: String

        /// The lines of standard output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Variables that it sees besides those it needs to run at all.
    var environment: [String: String] = [:]

    /// One that works on the ledger in `database`.
    init(database: PostgresConfiguration) {
        environment["RUNLEDGER_DATABASE_URL"] = database.connectionString
    }

    /// One with a private database below `dataDirectory`.
    init(dataDirectory: String) {
        environment["RUNLEDGER_DATA_DIR"] = dataDirectory
    }

    /// One that is told nothing.
    init() {}

    /// Runs it to its end, with `input` on its standard input.
    func callAsFunction(_ arguments: String..., input: String = "") async throws -> Outcome {
        try await run(arguments, input: input)
    }

    /// Runs it to its end, with `input` on its standard input.
    func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        let result = try await Subprocess.run(
            configuration(arguments), input: .string(input), output: .string(limit: 64 << 20),
            error: .string(limit: 64 << 20))
        return Outcome(
            exitCode: Self.exitCode(result.terminationStatus), output: result.standardOutput,
            errors: result.standardError)
    }

    /// Runs it, and sends it `signal` once a line of its standard output passes `isDue`; its output up to the end.
    func interrupted(
        _ arguments: String..., by signal: Signal = .interrupt, when isDue: @Sendable (String) -> Bool
    ) async throws -> Outcome {
        let result = try await Subprocess.run(
            configuration(arguments), input: .none, output: .sequence, error: .string(limit: 1 << 20)
        ) { execution in
            var output = ""
            var isSent = false
            for try await line in execution.standardOutput.strings() {
                output += line + "\n"
                if !isSent, isDue(line) {
                    try execution.send(signal: signal)
                    isSent = true
                }
            }
            return output
        }
        return Outcome(
            exitCode: Self.exitCode(result.terminationStatus), output: result.closureResult,
            errors: result.standardError)
    }

    /// Runs it with its standard output going into a shell's `pipeline`; the exit code and errors are its own.
    func piped(_ arguments: String, into pipeline: String) async throws -> Outcome {
        let outcome = try await shell("{ '\(Self.path)' \(arguments); echo \"exit $?\" >&2; } | \(pipeline)")
        var errors = outcome.errors.split(separator: "\n").map(String.init)
        let code = errors.popLast().flatMap { Int32($0.dropFirst("exit ".count)) }
        return Outcome(
            exitCode: try #require(code), output: outcome.output, errors: errors.joined(separator: "\n"))
    }

    /// Runs a shell's `script` in its environment.
    func shell(_ script: String) async throws -> Outcome {
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", script], environment: .custom(variables()),
            input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return Outcome(
            exitCode: Self.exitCode(result.terminationStatus), output: result.standardOutput,
            errors: result.standardError)
    }

    func configuration(_ arguments: [String]) -> Configuration {
        Configuration(
            executable: .path(FilePath(Self.path)), arguments: Arguments(arguments),
            environment: .custom(variables()))
    }

    private func variables() -> [Environment.Key: String] {
        var variables = environment
        let inherited = [
            "PATH", "HOME", "LD_LIBRARY_PATH", "RUNLEDGER_POSTGRES_BIN", "RUNLEDGER_POSTGRES_USER", "ASAN_OPTIONS",
            "TSAN_OPTIONS",
        ]
        for name in inherited where variables[name] == nil {
            variables[name] = ProcessInfo.processInfo.environment[name]
        }
        return Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })
    }

    /// A line of shell that prints the arguments of every process.
    static let listProcesses =
        "if [ -d /proc/self ]; then cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\000' '\\n'; else ps -axo args; fi"

    /// Where the executable is.
    static let path: String = {
        var directory = Bundle.main.bundleURL
        #if canImport(Darwin)
            if let bundle = Bundle.allBundles.first(where: { $0.bundlePath.hasSuffix(".xctest") }) {
                directory = bundle.bundleURL.deletingLastPathComponent()
            }
        #endif
        return directory.appending(path: "runledger").path()
    }()

    static func exitCode(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}

/// Runs `body` with the command at work on an empty ledger in a database of its own.
func withLedger<Value>(_ body: (CommandLineTool) async throws -> Value) async throws -> Value {
    try await withTestDatabase { database in
        let runledger = CommandLineTool(database: database)
        let migration = try await runledger("migrate", "up")
        try #require(migration.exitCode == 0, "\(migration.errors)")
        return try await body(runledger)
    }
}

/// Runs `body` with a new directory that is removed afterwards, and that PostgreSQL's user can enter.
func withTemporaryDirectory<Value>(_ body: (_ path: String) async throws -> Value) async throws -> Value {
    let parent = ProcessInfo.processInfo.environment["RUNLEDGER_THROWAWAY_DIR"] ?? "/tmp"
    let path = parent + "/rl-cli-" + String(UInt64.random(in: .min ... .max), radix: 36)
    try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// An event as a line of a file; without `id` it is made of the content.
func line(
    _ number: Int = 0, run: String = "r1", node: String = "LYRICS", phase: String = "end", more: String = ""
) -> String {
    let minute = String(100 + number / 60 % 60).suffix(2)
    let second = String(100 + number % 60).suffix(2)
    let time = "2025-11-18T\(String(110 + number / 3600 % 10).suffix(2)):\(minute):\(second)Z"
    return #"{"run_id":"\#(run)","ts":"\#(time)","node":"\#(node)","phase":"\#(phase)"\#(more)}"#
}

/// `lines`, each with its line feed.
func file(_ lines: [String]) -> String {
    lines.map { $0 + "\n" }.joined()
}
