import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Runs PostgreSQL's programs, as the server's user and out of reach of the terminal's Ctrl-C.
struct ProgramRunner: Sendable {
    /// How a program ended.
    struct Outcome: Sendable {
        let succeeded: Bool
        /// What it wrote to standard output and standard error.
        let output: String

        var firstLine: Substring { output.split(separator: "\n").first ?? "no reason given" }
    }

    /// The user to run programs as; `nil` is this process's own.
    let user: ServerUser?
    /// The environment of this process, of which programs get only what they need.
    let environment: [String: String]

    /// Runs `program` to its end.
    func run(_ program: FilePath, _ arguments: [String]) async throws -> Outcome {
        let result = try await Subprocess.run(
            configuration([program.string] + arguments), output: .string(limit: Self.maximumOutputBytes),
            error: .combinedWithOutput)
        return try outcome(result.terminationStatus, result.standardOutput)
    }

    /// Runs `program` to its end; what it leaves running holds `lock` for as long as it lives.
    func run(_ program: FilePath, _ arguments: [String], handing lock: FileLock) async throws -> Outcome {
        // A subprocess inherits its standard streams alone, so the lock goes in as one of them and is then moved away.
        let script = #"exec "$@" 9<&0 </dev/null"#
        let result = try await Subprocess.run(
            configuration(["/bin/sh", "-c", script, "sh", program.string] + arguments),
            input: .fileDescriptor(lock.descriptor, closeAfterSpawningProcess: false),
            output: .string(limit: Self.maximumOutputBytes), error: .combinedWithOutput)
        return try outcome(result.terminationStatus, result.standardOutput)
    }

    /// Runs a line of shell, whose `$1`, `$2` … are `arguments`.
    func run(shell script: String, _ arguments: [String]) async throws -> Outcome {
        try await run("/bin/sh", ["-c", script, "sh"] + arguments)
    }

    private static let maximumOutputBytes = 1 << 20

    private func outcome(_ status: TerminationStatus, _ output: String) throws -> Outcome {
        // A cancelled program was ended by us, and how it ended says nothing.
        if !status.isSuccess { try Task.checkCancellation() }
        return Outcome(succeeded: status.isSuccess, output: output)
    }

    private func configuration(_ command: [String]) -> Configuration {
        let command = (user?.prefix ?? []) + command
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(5))
        ]
        // PG* variables would redirect the server, and secrets of this process are none of its business.
        var variables: [Environment.Key: String] = ["LC_ALL": "C"]
        for name in ["PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH"] {
            if let value = environment[name] { variables[Environment.Key(stringLiteral: name)] = value }
        }
        return Configuration(
            executable: .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(variables), workingDirectory: "/", platformOptions: options)
    }
}
