import Foundation
import Logging
import Metrics
import WorkflowEvents

/// A program that emits events into a spool, for tests that kill it.
///
///     SpoolProbe DIRECTORY memory-first|spool-first COUNT
///
/// Its ledger is always away. It prints the number of each event once `emit` has returned, `flushed` once all are
/// delivered or spooled, and then waits to be killed.
@main
struct SpoolProbe {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[3]) else { exit(64) }
        var settings = DurableSink.Settings()
        settings.spoolDirectory = arguments[1]
        settings.mode = arguments[2] == "spool-first" ? .spoolFirst : .memoryFirst
        settings.maximumBatchCount = 20
        settings.spoolAfter = .milliseconds(10)
        let sink = try DurableSink(
            destination: AbsentDestination(), settings: settings, service: "probe",
            logger: Logger(label: "probe", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sink.run() }
            for number in 0..<count {
                sink.emit(
                    WorkflowEvent(runID: "probe", node: .lyrics, phase: .end, durationMS: number, service: "probe"))
                print(text: "\(number)\n")
            }
            await sink.flush()
            print(text: "flushed\n")
            try await Task.sleep(for: .seconds(600))
        }
    }

    /// Writes at once: what the reader has read has happened.
    static func print(text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}

/// A ledger that nobody can reach.
struct AbsentDestination: BatchDestination {
    func deliver(_ events: [WorkflowEvent]) async throws(DestinationError) -> [RefusedEvent] {
        throw DestinationError("there is no ledger")
    }
}
