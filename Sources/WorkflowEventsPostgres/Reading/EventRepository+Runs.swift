import LibPQ
import WorkflowEvents

extension EventRepository {
    /// The runs that pass `filter`, newest first by first position.
    ///
    /// - Parameters:
    ///   - limit: how many at most, 1 to 10,000. Default 100.
    ///   - cursor: the `nextCursor` of the page before; `nil` for the first page.
    /// - Throws: an error of the database connection; a retry is safe.
    public func runs(
        _ filter: RunFilter = RunFilter(), limit: Int = 100, after cursor: Int64? = nil
    ) async throws -> Page<RunSummary> {
        precondition((1...10_000).contains(limit), "A page has 1 to 10,000 runs.")
        let query: PostgresQuery = """
            select \(unsafeSQL: RunSummary.columns)
            from list_runs(\(filter.since.map { PostgresTimestamp($0) }), \(filter.until.map { PostgresTimestamp($0) }),
                           \(filter.node?.rawValue), \(filter.status?.rawValue), \(cursor), \(Int64(limit + 1)))
            order by first_position desc
            """
        let read = try await pool.boundedRead(query)
        return Page(try read.rows.map(RunSummary.init), limit: limit, position: \.firstPosition)
    }

    /// The run called `runID`, or `nil` if the ledger has no event of it.
    ///
    /// - Throws: an error of the database connection; a retry is safe.
    public func run(_ runID: String) async throws -> RunSummary? {
        let read = try await pool.boundedRead(
            "select \(unsafeSQL: RunSummary.columns) from runs where run_id = \(runID)")
        return try read.rows.first.map(RunSummary.init)
    }

    /// The executions of the run called `runID`, in the order in which they started.
    ///
    /// - Throws: an error of the database connection; a retry is safe.
    public func executions(runID: String) async throws -> [Execution] {
        let read = try await pool.boundedRead(
            """
            select node, execution_id, started_at, ended_at, phase, duration_ms, metrics::text, issues
            from executions where run_id = \(runID) order by started_at, coalesce(start_position, end_position)
            """)
        return try read.rows.map(Execution.init)
    }
}

extension RunSummary {
    /// The columns of `runs` that ``init(_:)`` reads, in its order.
    fileprivate static let columns = """
        run_id, status, nodes_done, executions, failures, issue_count, event_count, first_ts, last_ts, first_position
        """

    fileprivate init(_ row: PostgresRow) throws {
        self.runID = try row.decode(0, as: String.self)
        self.status = Status(rawValue: try row.decode(1, as: String.self)) ?? .idle
        self.nodesDone = Int(try row.decode(2, as: Int64.self))
        self.executionCount = Int(try row.decode(3, as: Int64.self))
        self.failureCount = Int(try row.decode(4, as: Int64.self))
        self.issueCount = Int(try row.decode(5, as: Int64.self))
        self.eventCount = Int(try row.decode(6, as: Int64.self))
        self.firstTS = Timestamp(try row.decode(7, as: PostgresTimestamp.self))
        self.lastTS = Timestamp(try row.decode(8, as: PostgresTimestamp.self))
        self.firstPosition = try row.decode(9, as: Int64.self)
    }
}

extension Execution {
    fileprivate init(_ row: PostgresRow) throws {
        self.node = Node(rawValue: try row.decode(0, as: String.self))
        self.executionID = try row.decode(1, as: WorkflowEvent.ID?.self)
        self.startedAt = Timestamp(try row.decode(2, as: PostgresTimestamp.self))
        self.endedAt = try row.decode(3, as: PostgresTimestamp?.self).map { Timestamp($0) }
        self.phase = Phase(rawValue: try row.decode(4, as: String?.self) ?? "start") ?? .start
        self.durationMS = try row.decode(5, as: Int64?.self).map { Int($0) }
        self.metrics = try MetricSet(stored: row.decode(6, as: String?.self) ?? "{}")
        self.issues = try row.decode(7, as: [String]?.self) ?? []
    }
}
