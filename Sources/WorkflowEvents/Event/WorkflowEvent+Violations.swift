extension WorkflowEvent {
    /// All that keeps the ledger from taking this event, up to a hundred errors; empty for a good event.
    ///
    /// The limits are ``EventLimits``. Cheap when there is nothing to tell: lengths and one scan of each text.
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
        check.size(of: self)
        return check.errors
    }

    /// Whether the event has the shape of the one that tells of dropped events.
    private var isDropEvent: Bool {
        func isCount(_ value: Int64?) -> Bool { value.map { $0 >= 0 } ?? false }
        return node == DropCount.node && phase == .fail
            && runID.utf8Bytes { $0.begins(with: "runledger:") }
            && metrics.count == 2 && isCount(metrics["dropped_events"]) && isCount(metrics["dropped_bytes"])
    }

    fileprivate var usesReservedNode: Bool {
        node.rawValue.utf8Bytes { $0.begins(with: "runledger.") } && !isDropEvent
    }
}

/// Collects what is wrong with an event.
private struct EventCheck {
    private(set) var errors: [FieldError] = []

    private mutating func refuse(_ key: EventKey, _ detail: String) {
        refuse(FieldError(at: key, detail: detail))
    }

    private mutating func refuse(_ key: EventKey, _ token: String, _ detail: String) {
        refuse(FieldError(at: key, token, detail: detail))
    }

    private mutating func refuse(_ error: FieldError) {
        if errors.count < EventLimits.maximumFieldErrorCount { errors.append(error) }
    }

    @inline(__always)
    mutating func name(_ name: String, of key: EventKey, limit: Int) {
        if !(1...limit ~= name.utf8.count) { refuse(key, "must be 1 to \(limit) bytes long") }
        if name.utf8Bytes(\.holdsControlCharacters) { refuse(key, "must not contain control characters") }
    }

    mutating func reservedNames(of event: WorkflowEvent) {
        guard event.usesReservedNode else { return }
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

    @inline(__always)
    mutating func metrics(_ metrics: MetricSet) {
        if metrics.pairs.count > EventLimits.maximumMetricCount {
            refuse(.metrics, "must be at most \(EventLimits.maximumMetricCount)")
        }
        for index in metrics.pairs.indices {
            let byteCount = metrics.pairs[index].name.utf8.count
            if byteCount == 0 || byteCount > EventLimits.maximumMetricNameBytes {
                let detail = "must have a name of 1 to \(EventLimits.maximumMetricNameBytes) bytes"
                refuse(.metrics, metrics.pairs[index].name, detail)
            }
            if metrics.pairs[index].name.hasNUL {
                refuse(.metrics, metrics.pairs[index].name, "has a name that \(JSONText.Flaw.nul.detail)")
            }
        }
        for (name, value) in metrics.nonFinite {
            refuse(.metrics, name, "must be a finite number, not \(value)")
        }
    }

    @inline(__always)
    mutating func issues(_ issues: [String]) {
        if issues.count > EventLimits.maximumIssueCount {
            refuse(.issues, "must be at most \(EventLimits.maximumIssueCount)")
        }
        for index in issues.indices {
            if issues[index].utf8.count > EventLimits.maximumIssueBytes {
                refuse(.issues, String(index), "must be at most \(EventLimits.maximumIssueBytes) bytes long")
            }
            if issues[index].hasNUL { refuse(.issues, String(index), JSONText.Flaw.nul.detail) }
        }
    }

    @inline(__always)
    mutating func text(_ text: String?, of key: EventKey) {
        guard let text else { return }
        if text.hasNUL { refuse(key, JSONText.Flaw.nul.detail) }
        if key == .service, text.utf8.count > EventLimits.maximumServiceBytes {
            refuse(key, "must be at most \(EventLimits.maximumServiceBytes) bytes long")
        }
    }

    mutating func size(of event: WorkflowEvent) {
        guard event.maximumEncodedBytes > EventLimits.maximumEventBytes else { return }
        let bytes = event.encodedBytes
        guard bytes > EventLimits.maximumEventBytes else { return }
        refuse(FieldError(pointer: "", detail: "takes \(bytes) bytes as JSON, over \(EventLimits.maximumEventBytes)"))
    }
}
