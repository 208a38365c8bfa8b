public import Logging

/// Writes each log record as one line of JSON, for machines to read.
///
/// ```swift
/// LoggingSystem.bootstrap { JSONLinesLogHandler(label: $0) }
/// ```
///
/// The record of a workflow event, which ``LogSink`` logs, has the event's fields at its top, numbers as numbers:
///
/// ```json
/// {"event":"workflow_event.LYRICS.end","timestamp":"2025-11-18T12:00:00.000000Z","run_id":"…","node":"LYRICS",
///  "phase":"end","duration_ms":1234,"metrics":{"lines_generated":42},"issues":["Warning: short lyrics"],
///  "trace_id":"…","span_id":"…","service":"lyrics-api"}
/// ```
///
/// `trace_id` and `span_id` are there if known. Every other record has the keys `timestamp`, `level`, `logger` and
/// `message`. Metadata beyond an event's own are an object under `metadata`; in it, a value made with
/// `stringConvertible` from a number or a boolean is one in JSON too.
public struct JSONLinesLogHandler: LogHandler {
    /// The least severe level that is written; `info` unless set.
    public var logLevel: Logger.Level = .info
    /// What every record of this handler carries.
    public var metadata: Logger.Metadata = [:]
    /// What the context of a record adds to it.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput
    private let clock: any EventClock

    /// A handler for the logger called `label`.
    ///
    /// - Parameters:
    ///   - label: what records call the logger.
    ///   - output: where the lines go; the standard error of the process unless given.
    ///   - metadataProvider: that of the logging system unless given.
    ///   - clock: says when a record was logged; an event's record says when the event happened.
    public init(
        label: String,
        output: LogOutput = .standardError,
        metadataProvider: Logger.MetadataProvider? = LoggingSystem.metadataProvider,
        clock: any EventClock = SystemEventClock()
    ) {
        self.label = label
        self.output = output
        self.metadataProvider = metadataProvider
        self.clock = clock
    }

    /// The metadata value called `key`.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) {
        var record = LogRecord(metadata: mergedMetadata(of: event))
        if case .stringConvertible(let value) = record.metadata["phase"], let phase = value as? LoggedPhase {
            record.append("event", text: event.message.description)
            record.append("timestamp", time: phase.ts)
            for key in Self.eventKeys { record.moveMetadata(key) }
        } else {
            record.append("timestamp", time: clock.now)
            record.append("level", text: event.level.rawValue)
            record.append("logger", text: label)
            record.append("message", text: event.message.description)
        }
        output.write(record.line())
    }

    /// An event's own metadata, in the order of its record.
    private static let eventKeys = [
        "run_id", "node", "phase", "duration_ms", "metrics", "issues", "trace_id", "span_id", "service",
    ]

    /// The handler's metadata, then the provider's, then the record's own: the later value of a key counts.
    private func mergedMetadata(of event: LogEvent) -> Logger.Metadata {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let explicit = event.metadata { merged.merge(explicit) { $1 } }
        if let error = event.error {
            merged["error.message"] = .string("\(error)")
            merged["error.type"] = .string(String(reflecting: type(of: error)))
        }
        return merged
    }
}
