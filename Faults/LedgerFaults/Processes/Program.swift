import Foundation
import Subprocess
import SystemPackage

/// A program that is run to its end.
enum Program {
    struct Outcome: Sendable {
        let isGood: Bool
        let output: String
        let errors: String
    }

    /// Runs `executable` in the environment of this process, in which `environment` is put.
    static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Outcome {
        let variables = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), Optional($1)) })
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: .inherit.updating(["RUNLEDGER_CONFIG": nil]).updating(variables),
            input: .none, output: .string(limit: 256 << 20), error: .string(limit: 1 << 20))
        return Outcome(
            isGood: result.terminationStatus == .exited(0), output: result.standardOutput,
            errors: result.standardError)
    }
}
