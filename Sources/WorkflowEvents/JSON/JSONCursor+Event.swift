#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension JSONCursor {
    /// Reads the value that is next as an event.
    mutating func eventDraft() throws(JSONSyntaxError) -> EventDraft {
        var draft = EventDraft()
        guard peek() == UInt8(ascii: "{") else {
            draft.refuseWhole("must be an object, not \(try kind().name)")
            try skipValue()
            return draft
        }
        try expect("{")
        if take("}") { return draft }
        repeat {
            let name = try rawText()
            try expect(":")
            if let key = try eventKey(name) {
                if draft.note(key) {
                    try value(of: key, into: &draft)
                } else {
                    draft.refuse(key, "is given twice")
                    try skipValue()
                }
            } else {
                draft.refuse(FieldError(unknown: try text(of: name).string, detail: "is not a field of an event"))
                try skipValue()
            }
        } while take(",")
        try expect("}")
        return draft
    }

    /// The key that `name` spells; an escaped spelling counts like a plain one.
    private func eventKey(_ name: RawJSONText) throws(JSONSyntaxError) -> EventKey? {
        guard name.hasEscapes else { return EventKey(content(of: name)) }
        return try text(of: name).string.utf8Bytes { EventKey($0) }
    }

    private mutating func value(of key: EventKey, into draft: inout EventDraft) throws(JSONSyntaxError) {
        switch key {
        case .ts:
            guard let ts = try timestamp(into: &draft) else { return }
            draft.event.ts = ts
        case .runID:
            guard let runID = try text(of: key, into: &draft) else { return }
            draft.event.runID = runID
        case .node:
            guard let node = try text(of: key, into: &draft) else { return }
            draft.event.node = Node(rawValue: node)
        case .phase:
            guard let phase = try phase(into: &draft) else { return }
            draft.event.phase = phase
        case .id:
            guard let id = try uuid(of: key, into: &draft) else { return }
            draft.event.id = id
        case .durationMS: try readDuration(into: &draft)
        case .metrics: try readMetrics(into: &draft)
        case .issues: try readIssues(into: &draft)
        case .executionID: draft.event.executionID = try uuid(of: key, into: &draft)
        case .service: draft.event.service = try text(of: key, into: &draft)
        case .traceID: draft.event.traceID = try text(of: key, into: &draft)
        case .spanID: draft.event.spanID = try text(of: key, into: &draft)
        case .position, .recordedAt, .source: try skipValue()
        }
        draft.give(key)
    }

    /// Whether a value of `kind` is next; if not it is passed over, and refused unless it is `null`.
    @inline(__always)
    private mutating func expect(
        _ kind: JSONKind, of key: EventKey, into draft: inout EventDraft
    ) throws(JSONSyntaxError) -> Bool {
        let found = try self.kind()
        if found == kind { return true }
        if found != .null { draft.refuse(key, "must be \(kind.name), not \(found.name)") }
        try skipValue()
        return false
    }

    private mutating func text(of key: EventKey, into draft: inout EventDraft) throws(JSONSyntaxError) -> String? {
        guard try expect(.string, of: key, into: &draft) else { return nil }
        let text = try self.text()
        if let flaw = text.flaw { draft.refuse(key, flaw.detail) }
        return text.string
    }

    private mutating func uuid(of key: EventKey, into draft: inout EventDraft) throws(JSONSyntaxError) -> UUID? {
        try parsed(of: key, into: &draft, "must be a UUID in the form 8-4-4-4-12") { UUID(text: $0) }
    }

    private mutating func timestamp(into draft: inout EventDraft) throws(JSONSyntaxError) -> Timestamp? {
        try parsed(of: .ts, into: &draft, "must be an RFC 3339 time such as 2025-11-18T12:00:00.000000Z") {
            Timestamp(rfc3339: $0)
        }
    }

    private mutating func phase(into draft: inout EventDraft) throws(JSONSyntaxError) -> Phase? {
        try parsed(of: .phase, into: &draft, "must be \"start\", \"end\" or \"fail\"") {
            $0.equals("start") ? .start : $0.equals("end") ? .end : $0.equals("fail") ? .fail : nil
        }
    }

    /// Reads a string of which `parse` makes a value; `detail` says what it must be.
    @inline(__always)
    private mutating func parsed<Value>(
        of key: EventKey, into draft: inout EventDraft, _ detail: String, _ parse: (UnsafeRawBufferPointer) -> Value?
    ) throws(JSONSyntaxError) -> Value? {
        guard try expect(.string, of: key, into: &draft) else { return nil }
        let raw = try rawText()
        if !raw.hasEscapes, let value = parse(content(of: raw)) { return value }
        let value = try text(of: raw).string.utf8Bytes { parse($0) }
        if value == nil { draft.refuse(key, detail) }
        return value
    }

    private mutating func readDuration(into draft: inout EventDraft) throws(JSONSyntaxError) {
        guard try expect(.number, of: .durationMS, into: &draft) else { return }
        if let duration = try number().integer(magnitude: EventLimits.maximumDurationMS) {
            draft.event.durationMS = duration
        } else {
            draft.refuse(.durationMS, "must be an integer from 0 to \(EventLimits.maximumDurationMS)")
        }
    }

    private mutating func readMetrics(into draft: inout EventDraft) throws(JSONSyntaxError) {
        guard try expect(.object, of: .metrics, into: &draft) else { return }
        try expect("{")
        if take("}") { return }
        draft.metrics.reserveCapacity(8)
        repeat {
            let name = try text()
            try expect(":")
            let isNew = draft.isNewMetric(name.string)
            guard let value = try metric(name, isNew: isNew, into: &draft) else { continue }
            // Reading goes on beyond the limit, so as to tell what else is wrong, but keeps no more than tells it.
            if draft.metrics.count <= EventLimits.maximumMetricCount { draft.metrics.append((name.string, value)) }
        } while take(",")
        try expect("}")
    }

    /// Reads the value of the metric `name`; `nil` if it is refused.
    @inline(__always)
    private mutating func metric(
        _ name: JSONText, isNew: Bool, into draft: inout EventDraft
    ) throws(JSONSyntaxError) -> MetricValue? {
        let kind = try self.kind()
        guard kind == .number else {
            draft.refuse(.metrics, name.string, "must be a number, not \(kind.name)")
            try skipValue()
            return nil
        }
        let number = try self.number()
        if let flaw = name.flaw {
            draft.refuse(.metrics, name.string, "has a name that \(flaw.detail)")
        } else if !isNew {
            draft.refuse(.metrics, name.string, "is given twice")
        } else if number.bytes.count > EventLimits.maximumMetricCharacters {
            draft.refuse(
                .metrics, name.string, "must be a number of at most \(EventLimits.maximumMetricCharacters) characters")
        } else if let value = number.metric {
            return value
        } else {
            draft.refuse(.metrics, name.string, "must be a number that is finite as a double")
        }
        return nil
    }

    private mutating func readIssues(into draft: inout EventDraft) throws(JSONSyntaxError) {
        guard try expect(.array, of: .issues, into: &draft) else { return }
        try expect("[")
        if take("]") { return }
        var index = 0
        repeat {
            let issue = try issue(at: index, into: &draft)
            if draft.event.issues.count <= EventLimits.maximumIssueCount { draft.event.issues.append(issue) }
            index += 1
        } while take(",")
        try expect("]")
    }

    private mutating func issue(at index: Int, into draft: inout EventDraft) throws(JSONSyntaxError) -> String {
        let kind = try self.kind()
        guard kind == .string else {
            draft.refuse(.issues, String(index), "must be a string, not \(kind.name)")
            try skipValue()
            return ""
        }
        let text = try self.text()
        if let flaw = text.flaw { draft.refuse(.issues, String(index), flaw.detail) }
        return text.string
    }
}
