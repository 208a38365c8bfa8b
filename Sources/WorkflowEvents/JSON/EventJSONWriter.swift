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
        let sourceBytes = JSONByteWriter.maximumStringBytes(recorded?.source.utf8.count ?? 0)
        let maximumBytes = event.maximumEncodedBytes + 128 + sourceBytes
        JSONByteWriter.append(to: &output, maximumBytes: maximumBytes) { $0.put(event, recorded) }
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

    /// An upper bound of what the event takes as JSON: every character as a `\u` escape, everything else at its longest.
    var maximumEncodedBytes: Int {
        var textBytes = runID.utf8.count + node.rawValue.utf8.count
        var numberBytes = 0
        for index in metrics.pairs.indices {
            textBytes += metrics.pairs[index].name.utf8.count
            numberBytes += 4 + metrics.pairs[index].value.maximumEncodedBytes
        }
        for issue in issues { textBytes += issue.utf8.count }
        textBytes += (service?.utf8.count ?? 0) + (traceID?.utf8.count ?? 0) + (spanID?.utf8.count ?? 0)
        return 384 + 6 * textBytes + numberBytes + 4 * issues.count
    }

    /// How many bytes the event takes as compact JSON.
    var encodedBytes: Int {
        var bytes: [UInt8] = []
        EventJSONWriter.append(self, to: &bytes)
        return bytes.count
    }
}

extension MetricValue {
    /// An upper bound of what the value takes as JSON. A double takes at most 24 bytes: `-1.2345678901234567e-300`.
    var maximumEncodedBytes: Int {
        if case .literal(let text) = storage { text.utf8.count } else { 24 }
    }
}

extension JSONByteWriter {
    fileprivate mutating func put(_ event: WorkflowEvent, _ recorded: EventJSONWriter.Recorded?) {
        put("{\"ts\":\"")
        put(rfc3339: event.ts)
        put("\",\"run_id\":")
        put(string: event.runID)
        put(",\"node\":")
        put(string: event.node.rawValue)
        put(",\"phase\":\"")
        put(plain: event.phase.rawValue)
        put("\",\"duration_ms\":")
        put(decimal: Int64(event.durationMS))
        put(",\"metrics\":")
        put(metrics: event.metrics)
        put(",\"issues\":")
        put(strings: event.issues)
        put(",\"id\":\"")
        put(uuid: event.id)
        put(UInt8(ascii: "\""))
        if let executionID = event.executionID {
            put(",\"execution_id\":\"")
            put(uuid: executionID)
            put(UInt8(ascii: "\""))
        }
        put(",\"service\":", event.service)
        put(",\"trace_id\":", event.traceID)
        put(",\"span_id\":", event.spanID)
        if let recorded { put(recorded) }
        put(UInt8(ascii: "}"))
    }

    /// Puts `metrics` as an object of numbers, in their order.
    mutating func put(metrics: MetricSet) {
        put(UInt8(ascii: "{"))
        for index in metrics.pairs.indices {
            if index > 0 { put(UInt8(ascii: ",")) }
            put(string: metrics.pairs[index].name)
            put(UInt8(ascii: ":"))
            put(metric: metrics.pairs[index].value)
        }
        put(UInt8(ascii: "}"))
    }

    /// Puts `strings` as an array.
    mutating func put(strings: [String]) {
        put(UInt8(ascii: "["))
        for index in strings.indices {
            if index > 0 { put(UInt8(ascii: ",")) }
            put(string: strings[index])
        }
        put(UInt8(ascii: "]"))
    }

    private mutating func put(_ key: StaticString, _ text: String?) {
        guard let text else { return }
        put(key)
        put(string: text)
    }

    private mutating func put(_ recorded: EventJSONWriter.Recorded) {
        put(",\"position\":")
        put(decimal: recorded.position)
        put(",\"recorded_at\":\"")
        put(rfc3339: recorded.recordedAt)
        put("\",\"source\":")
        put(string: recorded.source)
    }
}
