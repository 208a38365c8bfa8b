import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// A process that is started again whenever it ends, until it has ended well after it was asked to.
final class SupervisedProcess: Sendable {
    private struct State {
        var processID: pid_t?
        var isFinishing = false
        var isFinished = false
        var startCount = 0
        var slowestEnd = Duration.zero
    }

    let name: String
    private let configuration: Configuration
    private let logPath: String
    private let state = Mutex(State())

    private static let pause = Duration.milliseconds(200)
    private static let step = Duration.milliseconds(20)

    /// The program at `executable`; what it writes goes to the file at `logPath`.
    init(_ name: String, executable: String, arguments: [String], environment: [String: String], logPath: String) {
        self.name = name
        self.logPath = logPath
        let inherited = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("RUNLEDGER_") && !$0.key.hasPrefix("PG")
        }
        let variables = inherited.merging(environment) { $1 }
        configuration = Configuration(
            executable: .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: .custom(
                Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })))
    }

    /// How often it was started.
    var startCount: Int { state.withLock(\.startCount) }

    /// The longest that it took to end when asked to.
    var slowestEnd: Duration { state.withLock(\.slowestEnd) }

    /// Keeps it running.
    func run() async throws {
        while true {
            let status = try await runOnce()
            let isFinished = state.withLock { state in
                state.processID = nil
                state.isFinished = state.isFinishing && status == .exited(0)
                return state.isFinished
            }
            if isFinished { return }
            try await Task.sleep(for: Self.pause)
        }
    }

    private func runOnce() async throws -> TerminationStatus {
        let log = try FileDescriptor.open(
            FilePath(logPath), .writeOnly, options: [.append, .create, .closeOnExec], permissions: .ownerReadWrite)
        defer { try? log.close() }
        let output = FileDescriptorOutput.fileDescriptor(log, closeAfterSpawningProcess: false)
        return try await Subprocess.run(configuration, input: .none, output: output, error: output) { execution in
            state.withLock { state in
                state.processID = execution.processIdentifier.value
                state.startCount += 1
            }
        }.terminationStatus
    }

    /// Sends `signal`; whether it runs.
    @discardableResult
    func send(_ signal: Int32) -> Bool {
        state.withLock { state in
            guard let processID = state.processID else { return false }
            return kill(processID, signal) == 0
        }
    }

    /// Asks it to end with `signal`, and waits until it has, at most for `patience`; then it is killed.
    ///
    /// - Returns: whether it ended by itself.
    @discardableResult
    func end(with signal: Int32, patience: Duration) async throws -> Bool {
        let begin = ContinuousClock.now
        guard let processID = state.withLock(\.processID), send(signal) else { return true }
        while state.withLock(\.processID) == processID {
            if ContinuousClock.now - begin > patience {
                send(SIGKILL)
                state.withLock { $0.slowestEnd = max($0.slowestEnd, patience) }
                return false
            }
            try await Task.sleep(for: Self.step)
        }
        state.withLock { $0.slowestEnd = max($0.slowestEnd, ContinuousClock.now - begin) }
        return true
    }

    /// Has it end for good, with SIGTERM; it is started once more where it is just down, and asked again where it ended
    /// badly.
    ///
    /// - Returns: whether it ended with 0 within `patience`.
    func finish(patience: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + patience
        state.withLock { $0.isFinishing = true }
        var asked: pid_t?
        while ContinuousClock.now < deadline {
            let (processID, isFinished) = state.withLock { ($0.processID, $0.isFinished) }
            if isFinished { return true }
            if let processID, processID != asked {
                // Give it the time to begin to listen for signals.
                try await Task.sleep(for: .seconds(1))
                if send(SIGTERM) { asked = processID }
            }
            try await Task.sleep(for: Self.step)
        }
        return false
    }
}
