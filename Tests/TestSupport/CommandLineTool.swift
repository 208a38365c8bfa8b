import Foundation
package import LibPQ
package import Subprocess
import SystemPackage

/// The command as its users run it: the executable that was built beside these tests, in a process of its own.
package struct CommandLineTool: Sendable {
    /// How a process ended.
    package struct Outcome: Sendable {
        /// The exit code; 128 and its number more for one that a signal ended.
        package let exitCode: Int32
        package let output: String
        package let errors: String

        /// The lines of standard output.
        package var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Variables that it sees besides those it needs to run at all.
    package var environment: [String: String] = [:]

    /// One that works on the ledger in `database`.
    package init(database: PostgresConfiguration) {
        environment["RUNLEDGER_DATABASE_URL"] = database.connectionString
    }

    /// One with a private database below `dataDirectory`.
    package init(dataDirectory: String) {
        environment["RUNLEDGER_DATA_DIR"] = dataDirectory
    }

    /// One that is told nothing.
    package init() {}

    /// Runs it to its end, with `input` on its standard input.
    package func callAsFunction(_ arguments: String..., input: String = "") async throws -> Outcome {
        try await run(arguments, input: input)
    }

    /// Runs it to its end, with `input` on its standard input.
    package func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        let result = try await Subprocess.run(
            configuration(arguments), input: .string(input), output: .string(limit: 64 << 20),
            error: .string(limit: 64 << 20))
        return Outcome(
            exitCode: Self.exitCode(result.terminationStatus), output: result.standardOutput,
            errors: result.standardError)
    }

    /// Runs it, and sends it `signal` once a line of its standard output passes `isDue`; its output up to the end.
    package func interrupted(
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
    package func piped(_ arguments: String, into pipeline: String) async throws -> Outcome {
        let outcome = try await shell("{ '\(Self.path)' \(arguments); echo \"exit $?\" >&2; } | \(pipeline)")
        var errors = outcome.errors.split(separator: "\n").map(String.init)
        guard let code = errors.popLast().flatMap({ Int32($0.dropFirst("exit ".count)) }) else {
            throw CommandLineToolError(description: "The pipeline ended without the command's exit code.")
        }
        return Outcome(exitCode: code, output: outcome.output, errors: errors.joined(separator: "\n"))
    }

    /// Runs a shell's `script` in its environment, with the command and PostgreSQL's programs on the path; in `directory`, if there is one.
    package func shell(_ script: String, in directory: String? = nil) async throws -> Outcome {
        var variables = variables()
        let programs = [
            FilePath(Self.path).removingLastComponent().string, variables["RUNLEDGER_POSTGRES_BIN"],
            variables["PATH"] ?? "/usr/bin:/bin",
        ]
        variables["PATH"] = programs.compactMap { $0 }.joined(separator: ":")
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", script], environment: .custom(variables),
            workingDirectory: directory.map { FilePath($0) },
            input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return Outcome(
            exitCode: Self.exitCode(result.terminationStatus), output: result.standardOutput,
            errors: result.standardError)
    }

    package func configuration(_ arguments: [String]) -> Configuration {
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
    package static let listProcesses =
        "if [ -d /proc/self ]; then cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\000' '\\n'; else ps -axo args; fi"

    /// Where the executable is.
    package static let path: String = {
        var directory = Bundle.main.bundleURL
        #if canImport(Darwin)
            if let bundle = Bundle.allBundles.first(where: { $0.bundlePath.hasSuffix(".xctest") }) {
                directory = bundle.bundleURL.deletingLastPathComponent()
            }
        #endif
        return directory.appending(path: "runledger").path()
    }()

    package static func exitCode(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}

/// Something that the command should have done before a test could begin.
package struct CommandLineToolError: Error, CustomStringConvertible {
    package let description: String
}

/// Runs `body` with the command at work on an empty ledger in a database of its own.
package nonisolated(nonsending) func withLedger<Value>(_ body: (CommandLineTool) async throws -> Value) async throws
    -> Value
{
    try await withTestDatabase { database in
        let runledger = CommandLineTool(database: database)
        let migration = try await runledger("migrate", "up")
        guard migration.exitCode == 0 else { throw CommandLineToolError(description: migration.errors) }
        return try await body(runledger)
    }
}
