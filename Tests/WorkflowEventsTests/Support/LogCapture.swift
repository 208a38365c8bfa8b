import Logging
import Synchronization

/// Keeps log records for a test to look at.
final class LogCapture: Sendable {
    private let captured = Mutex<[LogEvent]>([])

    var records: [LogEvent] { captured.withLock { $0 } }
    var messages: [String] { records.map(\.message.description) }

    /// A logger whose records end here.
    func logger(level: Logger.Level = .trace) -> Logger {
        Logger(label: "test") { _ in Handler(capture: self, logLevel: level) }
    }

    private func append(_ event: LogEvent) {
        captured.withLock { $0.append(event) }
    }

    private struct Handler: LogHandler {
        let capture: LogCapture
        var logLevel: Logger.Level
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { capture.append(event) }
    }
}
