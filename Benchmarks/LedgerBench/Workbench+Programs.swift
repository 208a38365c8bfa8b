import Subprocess

extension Workbench {
    /// Runs a program to its end, and throws what it says if it fails.
    ///
    /// - Returns: its standard output.
    func run(_ program: String, _ arguments: [String]) async throws -> String {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), output: .string(limit: 65_536),
            error: .string(limit: 65_536))
        guard result.terminationStatus.isSuccess else {
            throw BenchError("\(program): \(result.standardError)")
        }
        return result.standardOutput
    }
}
