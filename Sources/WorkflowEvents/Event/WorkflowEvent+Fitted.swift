extension WorkflowEvent {
    /// The event with telemetry that is merely too much made to fit, so that the rest of it is not lost.
    ///
    /// - An issue over 8 KiB is cut, with a mark that says how long it was.
    /// - Issues and metrics beyond the limits of their number and of the event's size are left out, as are metrics
    ///   whose name is empty or too long; one issue says how many.
    /// - A metric that was set to an infinite number or a NaN becomes an issue that names it.
    /// - U+0000 becomes U+FFFD, and a service name that is too long is cut.
    ///
    /// The issues so added come last, but before the error of a `fail`, which stays the last issue. ``runID``,
    /// ``node``, ``ts`` and ``durationMS`` are never touched: what ``violations()`` says of them afterwards stands. An
    /// event without violations is returned as it is.
    package func fitted() -> WorkflowEvent {
        guard !violations().isEmpty else { return self }
        var event = self
        event.service = service?.withoutNUL.cut(toBytes: EventLimits.maximumServiceBytes)
        event.traceID = traceID?.withoutNUL
        event.spanID = spanID?.withoutNUL
        event.metrics = metrics.fitted
        event.issues = []
        event.issues = fittedIssues(
            leftOutMetricCount: metrics.count - event.metrics.count,
            room: EventLimits.maximumEventBytes - event.encodedBytes)
        return event
    }

    /// The issues and what has to be said beside them, in at most `room` bytes of JSON.
    private func fittedIssues(leftOutMetricCount: Int, room: Int) -> [String] {
        let error = phase == .fail ? issues.last.map(\.fittedIssue) : nil
        let notes = metrics.nonFinite.lazy.map { name, value in
            "metric \(name.withoutNUL.cut(toBytes: EventLimits.maximumMetricNameBytes)) was \(value) and is left out: "
                + "a metric must be a finite number"
        }
        var room = room - EventLimits.leftOutNoteBytes - (error.map(\.jsonBytes) ?? 0)
        let maximumCount = EventLimits.maximumIssueCount - (error == nil ? 0 : 1)

        let texts = [AnySequence(issues.dropLast(error == nil ? 0 : 1)), AnySequence(notes)].joined()
        let textCount = issues.count - (error == nil ? 0 : 1) + metrics.nonFinite.count
        var kept: [String] = []
        for text in texts {
            let issue = text.fittedIssue
            room -= issue.jsonBytes
            guard kept.count < maximumCount, room >= 0 else { break }
            kept.append(issue)
        }
        if kept.count < textCount || leftOutMetricCount > 0 {
            if kept.count == maximumCount { kept.removeLast() }
            kept.append(Self.leftOutNote(issueCount: textCount - kept.count, metricCount: leftOutMetricCount))
        }
        if let error { kept.append(error) }
        return kept
    }

    private static func leftOutNote(issueCount: Int, metricCount: Int) -> String {
        "\(issueCount) issues and \(metricCount) metrics were left out: an event holds at most "
            + "\(EventLimits.maximumIssueCount) and \(EventLimits.maximumMetricCount) of them, and "
            + "\(EventLimits.maximumEventBytes) bytes in all"
    }
}

extension EventLimits {
    /// More than the issue takes that tells what was left out.
    fileprivate static let leftOutNoteBytes = 256
    /// What metrics may take of an event when it has to be made to fit; only names full of escapes take more.
    fileprivate static let maximumMetricsBytes = maximumEventBytes / 2
}

extension MetricSet {
    /// The finite metrics with usable names, as many as an event holds.
    fileprivate var fitted: MetricSet {
        var names: Set<String> = []
        var kept: [(name: String, value: MetricValue)] = []
        var room = EventLimits.maximumMetricsBytes
        for (name, value) in pairs {
            let usable = name.withoutNUL
            guard 1...EventLimits.maximumMetricNameBytes ~= usable.utf8.count, names.insert(usable).inserted else {
                continue
            }
            room -= usable.jsonBytes + EventLimits.maximumMetricCharacters + 1
            guard kept.count < EventLimits.maximumMetricCount, room >= 0 else { break }
            kept.append((usable, value))
        }
        return MetricSet(distinct: kept)
    }
}

extension String {
    /// The text as an issue that an event can hold.
    fileprivate var fittedIssue: String {
        let limit = EventLimits.maximumIssueBytes
        // Cut first: replacing the NULs of a text of any length would cost its length.
        return cut(toBytes: limit).withoutNUL.cut(toBytes: limit)
    }

    /// The text with U+FFFD for U+0000.
    fileprivate var withoutNUL: String {
        guard hasNUL else { return self }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: unicodeScalars.lazy.map { $0.value == 0 ? "\u{FFFD}" : $0 })
        return String(scalars)
    }

    /// The text, cut between two Unicode scalars and marked if it takes more than `limit` bytes.
    fileprivate func cut(toBytes limit: Int) -> String {
        let byteCount = utf8.count
        guard byteCount > limit else { return self }
        let mark = "… [cut from \(byteCount) bytes]"
        var length = limit - mark.utf8.count
        // A scalar takes at most four bytes, so that at most three steps back end on a boundary.
        while length > 0 {
            if let beginning = String(utf8.prefix(length)) { return beginning + mark }
            length -= 1
        }
        return mark
    }

    /// How many bytes the text takes as a JSON string with a comma behind it.
    fileprivate var jsonBytes: Int {
        var bytes: [UInt8] = []
        bytes.append(json: self)
        return bytes.count + 1
    }
}
