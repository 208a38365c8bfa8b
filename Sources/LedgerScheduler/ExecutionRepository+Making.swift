import LedgerReporting
import LibPQ
package import WorkflowEvents
import WorkflowEventsPostgres

extension ExecutionRepository {
    /// From when on each of the schedules `names` has something to be made; those that have nothing are left out.
    package func dueTimes(of names: [String]) async throws -> [String: Timestamp] {
        try await pool.withConnection { connection in
            let rows = try await connection.query(
                """
                select schedule, min(claimed_until) from report_executions
                where state = 'making' and schedule = any (\(names)) group by schedule
                """)
            return Dictionary(
                uniqueKeysWithValues: try rows.map { row in
                    let (name, time) = try row.decode(String.self, PostgresTimestamp.self)
                    return (name, Timestamp(time))
                })
        }
    }

    /// Gives up what of `schedule` was begun ``ExecutionClaim/maximumAttemptCount`` times and left behind each time.
    ///
    /// - Returns: how many there were.
    package func giveUpAbandoned(of schedule: String, at now: Timestamp) async throws -> Int {
        let time = PostgresTimestamp(now)
        let maximum = Int32(ExecutionClaim.maximumAttemptCount)
        return try await pool.withConnection { connection in
            try await connection.execute(
                """
                update report_executions set state = 'failed', claimed_until = null, finished_at = \(time),
                    error = coalesce(error, 'Whoever made it stopped in the middle, time after time.')
                where state = 'making' and claimed_until <= \(time) and schedule = \(schedule)
                    and attempts >= \(maximum)
                """)
        }
    }

    /// The leave to make the oldest report of `schedule` that is due and that nobody is at, or whose lease ran out; `nil`
    /// if there is none.
    package func claimExecution(of schedule: String, at now: Timestamp) async throws -> ExecutionClaim? {
        let time = PostgresTimestamp(now)
        return try await pool.withConnection { connection in
            try await connection.query(
                """
                update report_executions
                set attempts = attempts + 1, claimed_until = \(PostgresTimestamp(now + ExecutionClaim.lease))
                where id = (
                    select id from report_executions
                    where state = 'making' and claimed_until <= \(time) and schedule = \(schedule)
                    order by slot, id limit 1
                    for update skip locked)
                returning id, schedule, report, slot, attempts
                """
            ).first.map(ExecutionClaim.init)
        }
    }

    /// The leave to make `reports` of `slot` now, but for those that are made already or that somebody is at.
    ///
    /// One that failed is begun again.
    package func claim(
        _ schedule: String, _ reports: [String], slot: Timestamp, at now: Timestamp
    ) async throws -> [ExecutionClaim] {
        let time = PostgresTimestamp(now)
        return try await pool.withConnection { connection in
            try await connection.query(
                """
                insert into report_executions as e (schedule, report, slot, attempts, claimed_until, created_at)
                select \(schedule), report, \(PostgresTimestamp(slot)), 1,
                    \(PostgresTimestamp(now + ExecutionClaim.lease)), \(time)
                from unnest(\(reports)) with ordinality as r (report, place) order by place
                on conflict (schedule, report, slot) do update
                set state = 'making', attempts = e.attempts + 1, claimed_until = excluded.claimed_until,
                    finished_at = null, error = null
                where e.state = 'failed' or (e.state = 'making' and e.claimed_until <= \(time))
                returning id, schedule, report, slot, attempts
                """
            ).map(ExecutionClaim.init)
        }
    }

    /// Has the lease of `claim` end later; false if somebody else has taken it over.
    package func extend(_ claim: ExecutionClaim, at now: Timestamp) async throws -> Bool {
        try await pool.withConnection { connection in
            try await connection.execute(
                """
                update report_executions set claimed_until = \(PostgresTimestamp(now + ExecutionClaim.lease))
                where id = \(claim.id) and attempts = \(Int32(claim.attempt)) and state = 'making'
                """) == 1
        }
    }

    /// Keeps `made` and what is to be delivered of it, all or nothing; false if somebody else has taken `claim` over.
    package func finish(_ claim: ExecutionClaim, with made: MadeReport, at now: Timestamp) async throws -> Bool {
        let time = PostgresTimestamp(now)
        let report = made.report
        return try await pool.withConnection { connection in
            try await connection.transaction { connection in
                let count = try await connection.execute(
                    """
                    update report_executions
                    set state = 'made', claimed_until = null, finished_at = \(time), error = null,
                        parameters = \(PostgresJSON(utf8: report.parametersJSON)), as_of_position = \(report.asOfPosition),
                        row_count = \(Int32(report.rows.count)), rows_sha256 = decode(\(report.rowsSHA256), 'hex'),
                        truncated = \(report.isTruncated)
                    where id = \(claim.id) and attempts = \(Int32(claim.attempt)) and state = 'making'
                    """)
                guard count == 1 else { return false }
                for artifact in made.artifacts {
                    try await connection.execute(
                        """
                        insert into report_artifacts (execution_id, format, sha256, bytes, content)
                        values (\(claim.id), \(artifact.format.rawValue),
                            decode(\(Report.sha256(of: artifact.body)), 'hex'), \(Int64(artifact.body.count)),
                            \(made.targets.isEmpty ? nil : artifact.body))
                        """)
                    for target in made.targets {
                        try await connection.execute(
                            """
                            insert into report_deliveries (execution_id, format, kind, target, target_sha256,
                                idempotency_key, next_attempt_at, created_at)
                            values (\(claim.id), \(artifact.format.rawValue), \(target.kind.rawValue), \(target.name),
                                decode(\(target.sha256), 'hex'), \(artifact.idempotencyKey), \(time), \(time))
                            """)
                    }
                }
                return true
            }
        }
    }

    /// Keeps why the attempt of `claim` failed.
    ///
    /// - Parameter retryAt: when it may be claimed again; `nil` to give it up.
    package func fail(
        _ claim: ExecutionClaim, _ error: String, retryAt: Timestamp?, at now: Timestamp
    ) async throws {
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                """
                update report_executions
                set state = \(retryAt == nil ? "failed" : "making"), error = \(error),
                    claimed_until = \(retryAt.map { PostgresTimestamp($0) }),
                    finished_at = \(retryAt == nil ? PostgresTimestamp(now) : nil)
                where id = \(claim.id) and attempts = \(Int32(claim.attempt)) and state = 'making'
                """)
        }
    }

    /// Gives `claim` back, as if it had not been taken.
    package func release(_ claim: ExecutionClaim, at now: Timestamp) async throws {
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                """
                update report_executions set attempts = attempts - 1, claimed_until = \(PostgresTimestamp(now))
                where id = \(claim.id) and attempts = \(Int32(claim.attempt)) and state = 'making'
                """)
        }
    }
}

extension ExecutionClaim {
    fileprivate init(_ row: PostgresRow) throws {
        self.id = try row.decode(0, as: Int64.self)
        self.schedule = try row.decode(1, as: String.self)
        self.report = try row.decode(2, as: String.self)
        self.slot = Timestamp(try row.decode(3, as: PostgresTimestamp.self))
        self.attempt = Int(try row.decode(4, as: Int32.self))
    }
}
