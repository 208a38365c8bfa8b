import LibPQ
import WorkflowEvents
package import WorkflowEventsPostgres

extension ExecutionRepository {
    /// The executions that pass `filter`, newest first.
    ///
    /// - Parameters:
    ///   - limit: how many at most, 1 to 1,000. Default 100.
    ///   - cursor: the `nextCursor` of the page before; `nil` for the first page.
    /// - Throws: an error of the database connection; a retry is safe.
    package func executions(
        _ filter: ReportExecutionFilter = ReportExecutionFilter(), limit: Int = 100, after cursor: Int64? = nil
    ) async throws -> Page<ReportExecution> {
        precondition((1...1000).contains(limit), "A page has 1 to 1,000 executions.")
        let query: PostgresQuery = """
            select id, schedule, report, slot, state, attempts, parameters::text, as_of_position, row_count,
                encode(rows_sha256, 'hex'), truncated, error, created_at, finished_at
            from report_executions
            where id < \(cursor ?? .max) and \(Self.isIn(filter)) order by id desc limit \(Int64(limit + 1))
            """
        return try await pool.withConnection { connection in
            try await connection.transaction(.snapshot) { connection in
                var page = Page(
                    try await connection.query(query).map(ReportExecution.init), limit: limit, position: \.id)
                let ids = page.elements.map(\.id)
                let artifacts = try await connection.artifacts(of: ids)
                let deliveries = try await connection.deliveries(of: ids)
                for index in page.elements.indices {
                    page.elements[index].artifacts = artifacts[ids[index]] ?? []
                    page.elements[index].deliveries = deliveries[ids[index]] ?? []
                }
                return page
            }
        }
    }

    private static func isIn(_ filter: ReportExecutionFilter) -> PostgresQuery {
        var condition: PostgresQuery = "true"
        if let schedule = filter.schedule { condition.append(" and schedule = \(schedule)") }
        if let report = filter.report { condition.append(" and report = \(report)") }
        if let state = filter.state { condition.append(" and state = \(state.rawValue)") }
        if let slot = filter.slot { condition.append(" and slot = \(PostgresTimestamp(slot))") }
        return condition
    }
}

extension PostgresConnection {
    fileprivate func artifacts(of ids: [Int64]) async throws -> [Int64: [ReportExecution.Artifact]] {
        let rows = try await query(
            """
            select execution_id, format, bytes, encode(sha256, 'hex') from report_artifacts
            where execution_id = any (\(ids)) order by execution_id, format
            """)
        var artifacts: [Int64: [ReportExecution.Artifact]] = [:]
        for row in rows {
            let (id, format, bytes, sha256) = try row.decode(Int64.self, String.self, Int64.self, String.self)
            artifacts[id, default: []].append(.init(format: format, byteCount: bytes, sha256: sha256))
        }
        return artifacts
    }

    fileprivate func deliveries(of ids: [Int64]) async throws -> [Int64: [ReportExecution.Delivery]] {
        let rows = try await query(
            """
            select execution_id, format, kind, target, idempotency_key, state, attempts, next_attempt_at, delivered_at,
                error
            from report_deliveries where execution_id = any (\(ids)) order by execution_id, format, kind, target, id
            """)
        var deliveries: [Int64: [ReportExecution.Delivery]] = [:]
        for row in rows {
            deliveries[try row.decode(0, as: Int64.self), default: []].append(try ReportExecution.Delivery(row))
        }
        return deliveries
    }
}

extension ReportExecution {
    fileprivate init(_ row: PostgresRow) throws {
        self.id = try row.decode(0, as: Int64.self)
        self.schedule = try row.decode(1, as: String.self)
        self.report = try row.decode(2, as: String.self)
        self.slot = Timestamp(try row.decode(3, as: PostgresTimestamp.self))
        self.state = State(rawValue: try row.decode(4, as: String.self)) ?? .failed
        self.attemptCount = Int(try row.decode(5, as: Int32.self))
        self.parametersJSON = try row.decode(6, as: String?.self)
        self.asOfPosition = try row.decode(7, as: Int64?.self)
        self.rowCount = try row.decode(8, as: Int32?.self).map { Int($0) }
        self.rowsSHA256 = try row.decode(9, as: String?.self)
        self.isTruncated = try row.decode(10, as: Bool?.self)
        self.error = try row.decode(11, as: String?.self)
        self.createdAt = Timestamp(try row.decode(12, as: PostgresTimestamp.self))
        self.finishedAt = try row.decode(13, as: PostgresTimestamp?.self).map { Timestamp($0) }
    }
}

extension ReportExecution.Delivery {
    fileprivate init(_ row: PostgresRow) throws {
        self.format = try row.decode(1, as: String.self)
        self.kind = DeliveryTarget.Kind(rawValue: try row.decode(2, as: String.self)) ?? .directory
        self.target = try row.decode(3, as: String.self)
        self.idempotencyKey = try row.decode(4, as: String.self)
        self.state = State(rawValue: try row.decode(5, as: String.self)) ?? .failed
        self.attemptCount = Int(try row.decode(6, as: Int32.self))
        self.nextAttemptAt = try row.decode(7, as: PostgresTimestamp?.self).map { Timestamp($0) }
        self.deliveredAt = try row.decode(8, as: PostgresTimestamp?.self).map { Timestamp($0) }
        self.error = try row.decode(9, as: String?.self)
    }
}
