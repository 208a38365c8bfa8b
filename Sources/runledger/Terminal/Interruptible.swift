import ArgumentParser
import Foundation
import UnixSignals

/// Runs `body`; Ctrl-C, SIGTERM or a closed terminal cancels it, so that everything it holds is given back. A second
/// signal, a second later or more, ends the process at once.
///
/// - Parameters:
///   - endingQuietly: whether an interrupt is the usual way to end `body`, not a failure.
///   - signals: those to act on.
func interruptibly(
    endingQuietly: Bool = false, by signals: [UnixSignal] = [.sigint, .sigterm, .sighup],
    _ body: @escaping @Sendable () async throws -> Void
) async throws {
    let arrivals = await UnixSignalsSequence(trapping: signals)
    let work = Task { try await body() }
    let watch = Task {
        var first: ContinuousClock.Instant?
        for await _ in arrivals {
            // A terminal and a wrapper such as timeout(1) may both pass the same signal on.
            if let first, .now - first > .seconds(1) { _exit(EXIT_FAILURE) }
            first = first ?? .now
            work.cancel()
        }
    }
    let result = await work.result
    watch.cancel()
    // What `body` throws once it is cancelled is the cancellation's echo.
    if !work.isCancelled { return try result.get() }
    if !endingQuietly { throw ExitCode.failure }
}
