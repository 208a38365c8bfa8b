import Dispatch
import Foundation
import Logging
import Synchronization
package import WorkflowEvents

/// Runs `body` with a log that is written by a thread of its own, so that nobody who logs waits for whoever reads it.
///
/// Records that cannot be written yet wait; what comes beyond `capacity` is lost, and as soon as the others are written
/// the log says how much. Once `body` has ended, what still waits is written, unless that takes longer than `limit`. A
/// process that is killed loses what waits.
///
/// - Parameters:
///   - descriptor: the open file to write, standard error unless given. It must stay open for as long as the process
///     lives where the limit may be reached.
///   - capacity: how many bytes wait at most, besides as many that are being written.
///   - limit: how long the end of the log may take.
package nonisolated(nonsending) func withBackgroundLog<R>(
    descriptor: Int32 = 2, capacity: Int = 2 << 20, limit: Duration = .seconds(1),
    _ body: (LogOutput) async throws -> R
) async throws -> R {
    let log = BackgroundLog(capacity: capacity)
    let (end, ending) = AsyncStream.makeStream(of: Void.self)
    let thread = Thread {
        log.write(to: .fileDescriptor(descriptor))
        ending.finish()
    }
    thread.name = "log"
    thread.start()
    let result: Result<R, any Error>
    do { result = .success(try await body(LogOutput { log.append($0) })) } catch { result = .failure(error) }
    log.finish()
    let alarm = Task {
        try await Task.sleep(for: limit)
        ending.finish()
    }
    // A task of its own waits also where this one is cancelled.
    await Task { for await _ in end {} }.value
    alarm.cancel()
    return try result.get()
}

/// Lines between those who log and the thread that writes them.
private final class BackgroundLog: Sendable {
    private struct State {
        var lines: [[UInt8]] = []
        var byteCount = 0
        var lostCount = 0
        var isFinished = false

        var isEmpty: Bool { lines.isEmpty && lostCount == 0 }
    }

    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    func append(_ line: UnsafeRawBufferPointer) {
        let isFirst = state.withLock { state in
            let isFirst = state.isEmpty
            if state.lostCount == 0, state.byteCount + line.count <= capacity {
                state.lines.append(Array(line))
                state.byteCount += line.count
            } else {
                state.lostCount += 1
            }
            return isFirst
        }
        if isFirst { news.signal() }
    }

    func finish() {
        state.withLock { $0.isFinished = true }
        news.signal()
    }

    /// Writes what comes until the log is finished and nothing waits.
    func write(to file: LogOutput) {
        let logger = Logger(label: "runledger") { JSONLinesLogHandler(label: $0, output: file) }
        var taken = State()
        while !taken.isFinished {
            news.wait()
            taken = state.withLock { state in
                defer { state = State(isFinished: state.isFinished) }
                return state
            }
            for line in taken.lines { file.write(line) }
            if taken.lostCount > 0 {
                logger.warning(
                    "log records are lost, as they came faster than they could be written",
                    metadata: ["count": .stringConvertible(taken.lostCount)])
            }
        }
    }
}
