import WorkflowEvents
package import WorkflowEventsPostgres

extension ReportRunner {
    /// The answer of ``run(_:_:_:)`` to a question as people ask it: one that nothing can be an answer to is refused.
    ///
    /// - Throws: ``ReportError`` as ``run(_:_:_:)`` does, `badArgument` for a window that ends before it begins, and
    ///   `badPosition` for a time that, by the database's clock, has not come yet.
    package func ask(
        _ definition: ReportDefinition, _ arguments: [String: ReportValue], _ bounds: ReadBounds
    ) async throws -> Report {
        let arguments = try ReportArguments.complete(arguments, for: definition, now: .now)
        try ReportArguments.checkWindows(arguments, bounds)
        let report = try await run(definition, arguments, bounds)
        if case .time(let time) = bounds.asOf, time > report.generatedAt {
            throw ReportError(
                .badPosition, "\(time.rfc3339) has not come yet; ask as of now, of an earlier time or of a position.")
        }
        return report
    }
}

extension ReportArguments {
    /// Refuses windows that hold nothing because they end before they begin, or as they begin.
    ///
    /// - Parameter arguments: a value for every parameter, as ``parse(_:for:now:)`` makes them.
    /// - Throws: ``ReportError`` `badArgument`.
    package static func checkWindows(
        _ arguments: [String: ReportValue], _ bounds: ReadBounds
    ) throws(ReportError) {
        if case .timestamp(let since) = arguments["since"], case .timestamp(let until) = arguments["until"] {
            try check(since, until, "")
        }
        if let since = bounds.recordedSince, let until = bounds.recordedUntil { try check(since, until, "recorded_") }
    }

    private static func check(_ since: Timestamp, _ until: Timestamp, _ prefix: String) throws(ReportError) {
        guard since < until else {
            throw ReportError(.badArgument, "`\(prefix)since` must be before `\(prefix)until`: the window is empty.")
        }
    }
}
