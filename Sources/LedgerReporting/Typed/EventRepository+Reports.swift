package import WorkflowEvents
package import WorkflowEventsPostgres

extension EventRepository {
    /// The failed executions, newest first: the report `failures`.
    package func failures(_ filter: ReportFilter = ReportFilter()) async throws -> [FailureRow] {
        try await rows("failures", filter)
    }

    /// How many of each node's finished executions failed: the report `failures-by-node`.
    package func failuresByNode(_ filter: ReportFilter = ReportFilter()) async throws -> [NodeFailuresRow] {
        try await rows("failures-by-node", filter)
    }

    /// How long each node's successful executions took: the report `average-duration`.
    package func averageDuration(_ filter: ReportFilter = ReportFilter()) async throws -> [NodeDurationRow] {
        try await rows("average-duration", filter)
    }

    /// The runs that raised issues, latest first: the report `runs-with-issues`.
    package func runsWithIssues(_ filter: ReportFilter = ReportFilter()) async throws -> [RunIssuesRow] {
        try await rows("runs-with-issues", filter)
    }

    private func rows<Row: ReportRow>(_ name: String, _ filter: ReportFilter) async throws -> [Row] {
        let definition = try ReportCatalogue.builtIn().report(name)
        return try await ReportRunner(pool: pool).run(definition, filter.arguments).rows.map(Row.init)
    }
}

/// What a documented report is about; `nil` leaves a condition out.
package struct ReportFilter: Sendable, Hashable {
    /// Only events at or after this time.
    package var since: Timestamp?
    /// Only events before this time.
    package var until: Timestamp?
    package var node: Node?
    /// At most so many rows.
    package var limit: Int?

    package init(since: Timestamp? = nil, until: Timestamp? = nil, node: Node? = nil, limit: Int? = nil) {
        self.since = since
        self.until = until
        self.node = node
        self.limit = limit
    }

    /// The filter as a report's arguments.
    package var arguments: [String: ReportValue] {
        var arguments: [String: ReportValue] = [:]
        arguments["since"] = since.map { .timestamp($0) }
        arguments["until"] = until.map { .timestamp($0) }
        arguments["node"] = node.map { .text($0.rawValue) }
        arguments["limit"] = limit.map { .integer(Int64($0)) }
        return arguments
    }
}
