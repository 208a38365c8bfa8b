import Dispatch
import Foundation
import Logging
import Synchronization
package import WorkflowEvents

/// Writes a log on a thread of its own, so that nobody who logs waits for whoever reads it.
///
/// What is not read yet is held; records beyond the bound are lost, and as soon as the log is read again it says how
/// many. A process that crashes may lose what it logged last.
package final class BackgroundLog: Sendable {
    private struct State {
        var lines: [UInt8] = []
        var lostCount = 0
        var isFinished = false
    }

    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)
    private let end = DispatchSemaphore(value: 0)
    private let capacity: Int

    /// A log in the open file `descriptor`, standard error unless given, until it is finished.
    ///
    /// - Parameter capacity: how many bytes are held.
    package init(descriptor: Int32 = 2, capacity: Int = 4 << 20) {
        self.capacity = capacity
        let thread = Thread { self.write(to: .fileDescriptor(descriptor)) }
        thread.name = "log"
        thread.start()
    }

    /// Where log handlers write their lines.
    package var output: LogOutput { LogOutput { self.append($0) } }

    /// Writes what is held, unless that takes longer than `limit`, and ends the thread.
    package func finish(within limit: Duration = .seconds(1)) {
        state.withLock { $0.isFinished = true }
        news.signal()
        _ = end.wait(timeout: .now() + limit / .seconds(1))
    }

    private func append(_ line: UnsafeRawBufferPointer) {
        let isFirst = state.withLock { state in
            let isFirst = state.lines.isEmpty && state.lostCount == 0
            if state.lostCount == 0, state.lines.count + line.count <= capacity {
                state.lines.append(contentsOf: line)
            } else {
                state.lostCount += 1
            }
            return isFirst
        }
        if isFirst { news.signal() }
    }

    private func write(to file: LogOutput) {
        let logger = Logger(label: "runledger") { JSONLinesLogHandler(label: $0, output: file) }
        var taken = State()
        while !taken.isFinished {
            news.wait()
            taken = state.withLock { state in
                defer { (state.lines, state.lostCount) = ([], 0) }
                return state
            }
            file.write(taken.lines)
            if taken.lostCount > 0 {
                logger.warning(
                    "log records are lost, for nobody read them", metadata: ["count": .stringConvertible(taken.lostCount)])
            }
        }
        end.signal()
    }
}
