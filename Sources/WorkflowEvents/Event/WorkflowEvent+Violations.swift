extension WorkflowEvent {
    /// All that keeps the ledger from taking this event, up to a hundred errors; empty for a good event.
    ///
    /// The limits are ``EventLimits``. Cheap when there is nothing to tell: lengths and one scan for NUL bytes.
    package func violations() -> [FieldError] {
        var check = EventCheck()
        check.name(runID, of: .runID, limit: EventLimits.maximumRunIDBytes)
        check.name(node.rawValue, of: .node, limit: EventLimits.maximumNodeBytes)
        check.reservedNames(of: self)
        check.times(of: self)
        check.metrics(metrics)
        check.issues(issues)
        check.text(service, of: .service)
        check.text(traceID, of: .traceID)
        check.text(spanID, of: .spanID)
        if let service, service.utf8.count > EventLimits.maximumServiceBytes {
            check.refuse(.service, "must be at most \(EventLimits.maximumServiceBytes) bytes long")
        }
        check.size(of: self)
        return check.errors
    }

    /// An upper bound of ``encodedBytes``: every character as a `\u` escape, everything else at its longest.
    var maximumEncodedBytes: Int {
        var textBytes = runID.utf8.count + node.rawValue.utf8.count
        for pair in metrics.pairs { textBytes += pair.name.utf8.count }
        for issue in issues { textBytes += issue.utf8.count }
        textBytes += (service?.utf8.count ?? 0) + (traceID?.utf8.count ?? 0) + (spanID?.utf8.count ?? 0)
        return 384 + 6 * textBytes + 48 * metrics.count + 4 * issues.count
    }

    /// How many bytes the event takes as compact JSON.
    var encodedBytes: Int {
        var bytes: [UInt8] = []
        EventJSONWriter.append(self, to: &bytes)
        return bytes.count
    }
}

/// Collects what is wrong with an event.
private struct EventCheck {
    private(set) var errors: [FieldError] = []

    mutating func refuse(_ key: EventKey, _ detail: String) {
        refuse(FieldError(at: key.rawValue, detail: detail))
    }

    mutating func refuse(_ error: FieldError) {
        if errors.count < EventLimits.maximumFieldErrorCount { errors.append(error) }
    }

    mutating func name(_ name: String, of key: EventKey, limit: Int) {
        if name.isEmpty || name.utf8.count > limit { refuse(key, "must be 1 to \(limit) bytes long") }
        if name.hasControlCharacters { refuse(key, "must not contain control characters") }
    }

    mutating func text(_ text: String?, of key: EventKey) {
        if let text, text.hasNUL { refuse(key, JSONText.Flaw.nul.detail) }
    }

    mutating func reservedNames(of event: WorkflowEvent) {
        guard event.node.rawValue.utf8.starts(with: "runledger.".utf8), !event.isDropEvent else { return }
        refuse(.node, "must not begin with \"runledger.\", which is reserved for the ledger's own events")
    }

    mutating func times(of event: WorkflowEvent) {
        if !Timestamp.rfc3339Range.contains(event.ts) { refuse(.ts, "must lie in the years 0000 to 9999") }
        if !(0...EventLimits.maximumDurationMS ~= event.durationMS) {
            refuse(.durationMS, "must be an integer from 0 to \(EventLimits.maximumDurationMS)")
        } else if event.phase == .start, event.durationMS != 0 {
            refuse(.durationMS, "must be 0 on start")
        }
    }

    mutating func metrics(_ metrics: MetricSet) {
        if metrics.count > EventLimits.maximumMetricCount {
            refuse(.metrics, "must be at most \(EventLimits.maximumMetricCount)")
        }
        for (name, _) in metrics.pairs {
            if name.isEmpty || name.utf8.count > EventLimits.maximumMetricNameBytes {
                let detail = "must have a name of 1 to \(EventLimits.maximumMetricNameBytes) bytes"
                refuse(FieldError(at: EventKey.metrics.rawValue, name, detail: detail))
            }
            if name.hasNUL {
                let detail = "has a name that \(JSONText.Flaw.nul.detail)"
                refuse(FieldError(at: EventKey.metrics.rawValue, name, detail: detail))
            }
        }
        for (name, value) in metrics.nonFinite {
            refuse(FieldError(at: EventKey.metrics.rawValue, name, detail: "must be a finite number, not \(value)"))
        }
    }

    mutating func issues(_ issues: [String]) {
        if issues.count > EventLimits.maximumIssueCount {
            refuse(.issues, "must be at most \(EventLimits.maximumIssueCount)")
        }
        for (index, issue) in issues.enumerated() {
            if issue.utf8.count > EventLimits.maximumIssueBytes {
                let detail = "must be at most \(EventLimits.maximumIssueBytes) bytes long"
                refuse(FieldError(at: EventKey.issues.rawValue, String(index), detail: detail))
            }
            if issue.hasNUL {
                refuse(FieldError(at: EventKey.issues.rawValue, String(index), detail: JSONText.Flaw.nul.detail))
            }
        }
    }

    mutating func size(of event: WorkflowEvent) {
        guard event.maximumEncodedBytes > EventLimits.maximumEventBytes else { return }
        let bytes = event.encodedBytes
        guard bytes > EventLimits.maximumEventBytes else { return }
        refuse(FieldError(pointer: "", detail: "takes \(bytes) bytes as JSON, over \(EventLimits.maximumEventBytes)"))
    }
}

extension WorkflowEvent {
    /// Whether the event has the shape of the one that tells of dropped events.
    var isDropEvent: Bool {
        node.rawValue == "runledger.drop" && phase == .fail && runID.utf8.starts(with: "runledger:".utf8)
            && metrics.count == 2 && isCount("dropped_events") && isCount("dropped_bytes")
    }

    private func isCount(_ name: String) -> Bool {
        guard let value: Int64 = metrics[name] else { return false }
        return value >= 0
    }
}

extension String {
    /// Whether the string contains U+0000.
    var hasNUL: Bool { utf8Bytes { $0.firstOffset(of: 0) != nil } }

    /// Whether the string contains a control character: U+0000 to U+001F or U+007F to U+009F (Unicode category Cc).
    var hasControlCharacters: Bool {
        utf8Bytes { bytes in
            var last: UInt8 = 0
            for byte in bytes {
                if byte < 0x20 || byte == 0x7F || (last == 0xC2 && byte < 0xA0 && byte >= 0x80) { return true }
                last = byte
            }
            return false
        }
    }

    /// Gives `body` the UTF-8 bytes of the string, without a copy where there is one already.
    @inline(__always)
    func utf8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
        var copy = self
        return copy.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
