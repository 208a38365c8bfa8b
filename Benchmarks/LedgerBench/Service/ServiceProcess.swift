import Foundation
import LibPQ
import Subprocess
import SystemPackage
import WorkflowEventsPostgres

/// A `runledger serve` beside the benchmark.
struct ServiceProcess: Sendable {
    let port: Int
    let processID: pid_t
    static let token = "benchmark-token-of-the-administrator"

    /// Runs `body` with a service on the workbench's ledger, which is stopped afterwards.
    static func withService<R: Sendable>(
        _ bench: Workbench, runledger: String, _ body: @Sendable (ServiceProcess) async throws -> R
    ) async throws -> R {
        let configuration = Subprocess.Configuration(
            executable: .path(FilePath(runledger)),
            arguments: ["serve", "--port", "0", "--database-url", bench.database.url],
            environment: .inherit.updating([
                "RUNLEDGER_ADMIN_TOKEN": token, "RUNLEDGER_LOG_LEVEL": "notice", "RUNLEDGER_SUBSCRIBERS": "5000",
            ]))
        let result = try await Subprocess.run(configuration, input: .none, output: .discarded, error: .sequence) {
            execution in
            var lines = execution.standardError.strings().makeAsyncIterator()
            let processID = pid_t(execution.processIdentifier.value)
            while let line = try await lines.next() {
                guard let port = port(in: line) else { continue }
                // What it logs from here on must not fill the pipe.
                let drain = Task { while let line = try await lines.next() { note(line) } }
                defer { drain.cancel() }
                let result: Result<R, any Error>
                do {
                    result = .success(try await body(ServiceProcess(port: port, processID: processID)))
                } catch {
                    result = .failure(error)
                }
                try execution.send(signal: .terminate)
                return result
            }
            throw BenchError("the service did not start")
        }
        return try result.closureResult.get()
    }

    private static func note(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    private static func port(in line: String) -> Int? {
        guard line.contains("\"listening\"") else {
            note(line)
            return nil
        }
        return line.split(separator: "127.0.0.1:").last.flatMap { Int($0.prefix { $0.isNumber }) }
    }

    /// How much memory it holds, in bytes.
    func residentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw BenchError("the system does not tell how much memory a process holds")
        }
        return kibibytes << 10
    }

    /// How long it has computed, in seconds.
    func computedSeconds() throws -> Double {
        let fields =
            try String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
            .split(separator: ") ").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw BenchError("the system does not tell how long a process has computed")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
