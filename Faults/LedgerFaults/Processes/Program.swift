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

    static func run(_ executable: String, _ arguments: [String]) async throws -> Outcome {
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: .inherit.updating(["RUNLEDGER_CONFIG": nil]), input: .none,
            output: .string(limit: 256 << 20), error: .string(limit: 1 << 20))
        return Outcome(
            isGood: result.terminationStatus == .exited(0), output: result.standardOutput,
            errors: result.standardError)
    }
}
