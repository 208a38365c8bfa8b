import Foundation
package import LedgerReporting
package import LedgerSchedules
package import LibPQ
package import Logging
package import WorkflowEvents

/// Makes the reports of schedules when they come due, and delivers them.
///
/// Any number of processes may run the same schedules on one ledger: each slot is made once, by whoever comes to it, and
/// delivered at least once under an idempotency key. What a process leaves behind when it dies is taken over by another
/// when its lease has run out (``ExecutionClaim``, ``DeliveryClaim``). The clocks of processes may differ by less than that.
package struct ReportScheduler: Sendable {
    let schedules: [Schedule]
    let catalogue: ReportCatalogue
    let repository: ExecutionRepository
    let runner: ReportRunner
    let courier: Courier
    let clock: SinkClock
    let logger: Logger
    let onOutcome: @Sendable (ScheduleOutcome) -> Void
    /// The schedules and deliveries that there are, by the SHA-256 of the target.
    let targets: [String: (schedule: Schedule, delivery: Delivery)]
    let deliveriesWait = WakeSignal()

    /// What others did is noticed after so long at the latest.
    private static let maximumWait = Duration.seconds(30)
    /// So long is waited for something that is due and that somebody else is at.
    private static let minimumWait = Duration.milliseconds(100)

    /// The scheduler of `schedules`, whose names differ.
    ///
    /// - Parameters:
    ///   - catalogue: the reports that they name; one that is missing fails by itself.
    ///   - pool: connections of the ledger's writer. Reports run in the role of its reader where the login may take it.
    ///   - environment: where the secrets of webhooks are looked for.
    ///   - onOutcome: called when a report or a delivery has ended for good, after that was stored.
    package init(
        _ schedules: [Schedule], catalogue: ReportCatalogue, pool: PostgresPool,
        environment: [String: String] = ProcessInfo.processInfo.environment, clock: SinkClock = .system, logger: Logger,
        onOutcome: @escaping @Sendable (ScheduleOutcome) -> Void = { _ in }
    ) {
        self.schedules = schedules
        self.catalogue = catalogue
        self.repository = ExecutionRepository(pool: pool)
        self.runner = ReportRunner(pool: pool)
        self.courier = Courier(environment: environment)
        self.clock = clock
        self.logger = logger
        self.onOutcome = onOutcome
        var targets: [String: (schedule: Schedule, delivery: Delivery)] = [:]
        for schedule in schedules {
            for delivery in schedule.deliveries {
                targets[DeliveryTarget(delivery, of: schedule.name).sha256] = (schedule, delivery)
            }
        }
        self.targets = targets
    }

    /// Makes and delivers until cancelled, asking the database at least twice a minute and writing to it only when
    /// something is due.
    ///
    /// A failure is kept with the execution or delivery it belongs to; one of the database is logged, and tried again a
    /// little later each time. What is under way when it is cancelled is given back.
    package func run() async {
        guard !schedules.isEmpty else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await repeatedly("cannot make the reports that are due") { try await makeDue() }
            }
            group.addTask {
                await repeatedly("cannot deliver reports", wokenBy: deliveriesWait) { try await deliverDue() }
            }
        }
    }

    /// Does `pass` again and again, each time when it said that there is something to do, or when `signal` is raised.
    private func repeatedly(
        _ complaint: Logger.Message, wokenBy signal: WakeSignal = WakeSignal(), _ pass: () async throws -> Timestamp?
    ) async {
        var backoff = Backoff(initial: .seconds(1), maximum: Self.maximumWait)
        while !Task.isCancelled {
            var wait = Self.maximumWait
            do {
                if let next = try await pass() { wait = min(wait, next - clock.timestamp()) }
                backoff.reset()
            } catch {
                if Task.isCancelled { return }
                logger.warning(complaint, metadata: ["reason": "\(error)"])
                wait = backoff.next()
            }
            await signal.wait(until: clock.now() + max(wait, Self.minimumWait), clock: clock)
        }
    }

    /// Does `body`, which puts right what a cancelled task was at, whether the task is cancelled or not.
    func despiteCancellation(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await Task { try await body() }.value
    }
}
