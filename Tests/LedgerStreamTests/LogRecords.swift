import Logging
import Synchronization

/// Keeps what is logged.
final class LogRecords: Sendable {
    private struct Record: Sendable {
        var message: String
        var metadata: [String: String]
    }

    private struct Handler: LogHandler {
        let records: LogRecords
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).mapValues(\.description)
            records.all.withLock { $0.append(Record(message: event.message.description, metadata: metadata)) }
        }
    }

    private let all = Mutex<[Record]>([])

    /// Logs into this.
    var logger: Logger { Logger(label: "tests") { _ in Handler(records: self) } }

    var messages: [String] { all.withLock { $0.map(\.message) } }

    /// Whether there is a record with `message`, and with `value` under `key` if that is given.
    func contains(_ message: String, _ key: String? = nil, _ value: String = "") -> Bool {
        all.withLock { all in
            all.contains { record in
                record.message == message && (key.map { record.metadata[$0] == value } ?? true)
            }
        }
    }
}
