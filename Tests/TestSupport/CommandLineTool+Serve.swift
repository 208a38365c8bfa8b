import Foundation
import Subprocess

extension CommandLineTool {
    /// A service while it runs.
    package struct RunningService: Sendable {
        /// Where it listens, as `http://127.0.0.1:8080`.
        package let url: String
        /// Its process.
        package let processID: Int32

        /// Has it shut down, as a supervisor does.
        package func terminate() {
            kill(processID, SIGTERM)
        }

        package var port: String { String(url.split(separator: ":").last ?? "") }
    }

    /// Runs `serve`, and `body` once it listens; then has it shut down, and returns what it printed and how it ended.
    ///
    /// Where it ends without having listened, `body` does not run.
    package func serving(
        _ arguments: String..., body: @escaping @Sendable (RunningService) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        let result = try await Subprocess.run(
            configuration(["serve"] + arguments), input: .none, output: .string(limit: 1 << 20), error: .sequence
        ) { execution in
            var errors = ""
            var work: Task<Void, any Error>?
            for try await line in execution.standardError.strings() {
                errors += line + "\n"
                guard work == nil, let url = Self.address(in: line) else { continue }
                let service = RunningService(url: url, processID: execution.processIdentifier.value)
                work = Task {
                    defer { service.terminate() }
                    try await body(service)
                }
            }
            try await work?.value
            return errors
        }
        return Outcome(
            exitCode: Self.exitCode(result.terminationStatus), output: result.standardOutput,
            errors: result.closureResult)
    }

    /// The address that a line of the log says is listened on.
    private static func address(in line: String) -> String? {
        struct Record: Decodable {
            var message: String
            var metadata: [String: String]
        }
        let record = try? JSONDecoder().decode(Record.self, from: Data(line.utf8))
        return record?.message == "listening" ? record?.metadata["address"] : nil
    }
}
