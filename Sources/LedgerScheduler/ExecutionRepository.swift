package import LibPQ
package import WorkflowEvents
import WorkflowEventsPostgres

/// What the database knows of schedules: how far each has come, what was made, and what is still to be delivered.
///
/// Any number of processes may share it. Times are the caller's, so that clocks of theirs that differ by less than a lease
/// do no harm.
package struct ExecutionRepository: Sendable {
    let pool: PostgresPool

    /// The executions that connections of `pool` see, which must be those of the writer.
    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// The last slot of each of the schedules `names` that was dealt with, or when the schedule was first seen: `now` for
    /// those that have not been before.
    ///
    /// Writes nothing where all are known.
    package func lastSlots(of names: [String], at now: Timestamp) async throws -> [String: Timestamp] {
        try await pool.withConnection { connection in
            let query: PostgresQuery =
                "select name, coalesce(last_slot, first_seen_at) from report_schedules where name = any (\(names))"
            var rows = try await connection.query(query)
            if rows.count < names.count {
                try await connection.execute(
                    """
                    insert into report_schedules (name, first_seen_at)
                    select name, \(PostgresTimestamp(now)) from unnest(\(names)) name
                    on conflict do nothing
                    """)
                rows = try await connection.query(query)
            }
            return Dictionary(
                uniqueKeysWithValues: try rows.map { row in
                    let (name, time) = try row.decode(String.self, PostgresTimestamp.self)
                    return (name, Timestamp(time))
                })
        }
    }

    /// Has each of `reports` made once for each of `slots`, whoever else says so, and the slots before them passed over.
    ///
    /// - Parameter slots: in order, at least one.
    package func enlist(_ schedule: String, _ reports: [String], _ slots: [Timestamp], at now: Timestamp) async throws {
        guard let last = slots.last else { return }
        let (latest, time) = (PostgresTimestamp(last), PostgresTimestamp(now))
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                """
                with enlisted as (
                    insert into report_executions (schedule, report, slot, claimed_until, created_at)
                    select \(schedule), report, slot, \(time), \(time)
                    from unnest(\(slots.map { PostgresTimestamp($0) })) slot
                    cross join unnest(\(reports)) with ordinality as r (report, place)
                    order by slot, place
                    on conflict do nothing
                )
                update report_schedules set last_slot = \(latest)
                where name = \(schedule) and coalesce(last_slot < \(latest), true)
                """)
        }
    }
}
