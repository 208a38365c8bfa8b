import ArgumentParser
import Foundation
import UnixSignals

/// Runs `body`; Ctrl-C or SIGTERM cancels it, so that everything it holds is given back. A second one ends at once.
///
/// - Parameter endingQuietly: whether an interrupt is the usual way to end `body`, not a failure.
func interruptibly(endingQuietly: Bool = false, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let interrupted = try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
            try await body()
            return false
        }
        group.addTask {
            for await _ in signals { return true }
            return false
        }
        guard try await group.next() == true else {
            group.cancelAll()
            return false
        }
        let second = Task {
            for await _ in signals { _exit(EXIT_FAILURE) }
        }
        defer { second.cancel() }
        group.cancelAll()
        // What `body` throws now is the cancellation's echo.
        while let result = await group.nextResult() { _ = result }
        return true
    }
    if interrupted, !endingQuietly { throw ExitCode.failure }
}
