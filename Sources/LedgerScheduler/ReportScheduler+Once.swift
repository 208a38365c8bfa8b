package import LedgerSchedules
package import WorkflowEvents
import WorkflowEventsPostgres

extension ReportScheduler {
    /// Makes and delivers every report of `schedule` for the slot `slot`, whether its cron expression names it or not.
    ///
    /// What was made of the slot before is not made again, and delivered only where it has not been; what failed is begun
    /// again. A failure is final, but a delivery that may succeed later is left to a service that runs the schedule.
    ///
    /// - Parameter slot: not later than now; a whole second.
    /// - Returns: the executions of the slot as they stand, by report in the order of the schedule.
    /// - Throws: an error of the database connection; a retry is safe.
    package func runOnce(_ schedule: Schedule, at slot: Timestamp) async throws -> [ReportExecution] {
        let claims = try await repository.claim(schedule.name, schedule.reports, slot: slot, at: clock.timestamp())
        for claim in claims {
            // The leases of all of them began at once.
            if try await repository.extend(claim, at: clock.timestamp()) { try await make(claim, isLast: true) }
        }
        let filter = ReportExecutionFilter(schedule: schedule.name, slot: slot)
        let ids = try await repository.executions(filter).elements.map(\.id)
        while true {
            let due = try await repository.claimDeliveries(
                to: Array(targets.keys), of: [schedule.name], executions: ids, at: clock.timestamp(), limit: 8)
            if due.isEmpty { break }
            try await deliver(due)
        }
        let made = try await repository.executions(filter).elements
        return schedule.reports.compactMap { name in made.first { $0.report == name } }
    }
}
