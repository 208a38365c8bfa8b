/// Writes Event JSON, the one shape of an event in files, requests and streams.
///
/// The order of the keys is `ts run_id node phase duration_ms metrics issues`, which are always there, then
/// `id execution_id service trace_id span_id` and, of a recorded event, `position recorded_at source`. A `nil` field is
/// left out. There is no white space and no line feed. What ``EventJSONReader`` makes of the text is the same event
/// again, to the last character of its metrics.
package enum EventJSONWriter {
    /// What only the ledger knows of an event.
    package struct Recorded: Sendable, Hashable {
        /// The event's dense place in the ledger, from 1.
        package var position: Int64
        /// When its batch was stored.
        package var recordedAt: Timestamp
        /// Who wrote it: a token's name or a database role.
        package var source: String

        /// The event at `position`, stored at `recordedAt` for `source`.
        package init(position: Int64, recordedAt: Timestamp, source: String) {
            self.position = position
            self.recordedAt = recordedAt
            self.source = source
        }
    }

    /// Appends `event` to `output` as one JSON object, with what the ledger knows of it if that is given.
    package static func append(_ event: WorkflowEvent, recorded: Recorded? = nil, to output: inout [UInt8]) {
        output.append(literal: "{\"ts\":\"")
        output.append(rfc3339: event.ts)
        output.append(literal: "\",\"run_id\":")
        output.append(json: event.runID)
        output.append(literal: ",\"node\":")
        output.append(json: event.node.rawValue)
        output.append(literal: ",\"phase\":\"")
        output.append(contentsOf: event.phase.rawValue.utf8)
        output.append(literal: "\",\"duration_ms\":")
        output.append(decimal: Int64(event.durationMS))
        output.append(literal: ",\"metrics\":")
        append(event.metrics, to: &output)
        output.append(literal: ",\"issues\":")
        append(event.issues, to: &output)
        appendIdentity(of: event, to: &output)
        if let recorded { append(recorded, to: &output) }
        output.append(UInt8(ascii: "}"))
    }

    private static func append(_ metrics: MetricSet, to output: inout [UInt8]) {
        var separator = UInt8(ascii: "{")
        for (name, value) in metrics.pairs {
            output.append(separator)
            output.append(json: name)
            output.append(UInt8(ascii: ":"))
            output.append(json: value)
            separator = UInt8(ascii: ",")
        }
        if metrics.isEmpty { output.append(separator) }
        output.append(UInt8(ascii: "}"))
    }

    private static func append(_ issues: [String], to output: inout [UInt8]) {
        var separator = UInt8(ascii: "[")
        for issue in issues {
            output.append(separator)
            output.append(json: issue)
            separator = UInt8(ascii: ",")
        }
        if issues.isEmpty { output.append(separator) }
        output.append(UInt8(ascii: "]"))
    }

    private static func appendIdentity(of event: WorkflowEvent, to output: inout [UInt8]) {
        output.append(literal: ",\"id\":\"")
        output.append(uuid: event.id)
        output.append(UInt8(ascii: "\""))
        if let executionID = event.executionID {
            output.append(literal: ",\"execution_id\":\"")
            output.append(uuid: executionID)
            output.append(UInt8(ascii: "\""))
        }
        append(",\"service\":", event.service, to: &output)
        append(",\"trace_id\":", event.traceID, to: &output)
        append(",\"span_id\":", event.spanID, to: &output)
    }

    private static func append(_ key: StaticString, _ text: String?, to output: inout [UInt8]) {
        guard let text else { return }
        output.append(literal: key)
        output.append(json: text)
    }

    private static func append(_ recorded: Recorded, to output: inout [UInt8]) {
        output.append(literal: ",\"position\":")
        output.append(decimal: recorded.position)
        output.append(literal: ",\"recorded_at\":\"")
        output.append(rfc3339: recorded.recordedAt)
        output.append(literal: "\",\"source\":")
        output.append(json: recorded.source)
    }
}

extension WorkflowEvent {
    /// The event as one line of compact Event JSON, the shape in which files, requests and streams carry it.
    ///
    /// The keys are `ts run_id node phase duration_ms metrics issues id`, then those of `execution_id service trace_id
    /// span_id` that are not `nil`.
    public var json: String {
        var bytes: [UInt8] = []
        EventJSONWriter.append(self, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
