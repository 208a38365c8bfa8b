import LedgerReporting
import LedgerSchedules
import LibPQ
import Logging
package import WorkflowEvents

extension ReportScheduler {
    /// So many reports are made at a time.
    private static let maximumParallelCount = 2
    /// The wait after a report's first failure; it doubles with each.
    private static let firstRetryDelay = Duration.seconds(60)
    private static let maximumErrorCharacters = 2000

    /// Makes every report that is due, those too that others left behind.
    ///
    /// - Returns: when the next one comes due; `nil` for never.
    /// - Throws: an error of the database connection; a retry is safe. That a report fails is no error here.
    package func makeDue() async throws -> Timestamp? {
        let names = schedules.map(\.name)
        while true {
            try Task.checkCancellation()
            let now = clock.timestamp()
            try await enlistDue(at: now)
            let dueTimes = try await repository.dueTimes(of: names)
            // One of each schedule, and then what came due meanwhile, so that none waits for all that another has missed.
            let due = names.filter { name in dueTimes[name].map { $0 <= now } ?? false }
            if try await make(oneOfEach: due) == 0 {
                return (schedules.compactMap { $0.cron.next(after: now, in: $0.timeZone) } + dueTimes.values).min()
            }
        }
    }

    /// Has every slot made that has come due, or was missed and is caught up with.
    private func enlistDue(at now: Timestamp) async throws {
        let lastSlots = try await repository.lastSlots(of: schedules.map(\.name), at: now)
        for schedule in schedules {
            let slots = schedule.slots(after: lastSlots[schedule.name] ?? now, through: now)
            if !slots.isEmpty { try await repository.enlist(schedule.name, schedule.reports, slots, at: now) }
        }
    }

    /// Makes the oldest due report of each of the schedules `names`, and says how many there were.
    private func make(oneOfEach names: [String]) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var count = 0
            for (index, name) in names.enumerated() {
                if index >= Self.maximumParallelCount, try await group.next() == true { count += 1 }
                group.addTask {
                    for _ in 0..<(try await repository.giveUpAbandoned(of: name, at: clock.timestamp())) {
                        onOutcome(.reportFailed)
                    }
                    guard let claim = try await repository.claimExecution(of: name, at: clock.timestamp()) else {
                        return false
                    }
                    try await make(claim)
                    return true
                }
            }
            return try await group.reduce(count) { $0 + ($1 ? 1 : 0) }
        }
    }

    /// Makes what `claim` is about; a failure is kept with it.
    ///
    /// - Parameter isLast: whether a failure is final.
    /// - Throws: an error of the database where nothing could be kept.
    func make(_ claim: ExecutionClaim, isLast: Bool = false) async throws {
        var log = logger
        log[metadataKey: "schedule"] = "\(claim.schedule)"
        log[metadataKey: "report"] = "\(claim.report)"
        log[metadataKey: "slot"] = "\(claim.slot)"
        do {
            let made = try await report(claim)
            guard try await repository.finish(claim, with: made, at: clock.timestamp()) else {
                return log.warning("a report took longer than its lease and is made by another")
            }
            onOutcome(.reportMade)
            log.info("made a report", metadata: ["rows": "\(made.report.rows.count)"])
            deliveriesWait.raise()
        } catch {
            let now = clock.timestamp()
            if Task.isCancelled {
                try await despiteCancellation { try await repository.release(claim, at: now) }
                throw CancellationError()
            }
            let reason = String("\(error)".prefix(Self.maximumErrorCharacters)).replacing("\u{0}", with: "")
            let isFinal = isLast || claim.attempt >= ExecutionClaim.maximumAttemptCount
            let delay = Self.firstRetryDelay * Double(1 << min(claim.attempt - 1, 10))
            log.warning("cannot make a report", metadata: ["reason": "\(reason)", "final": "\(isFinal)"])
            try await repository.fail(claim, reason, retryAt: isFinal ? nil : now + delay, at: now)
            if isFinal { onOutcome(.reportFailed) }
        }
    }

    /// The report of `claim` in all its formats.
    private func report(_ claim: ExecutionClaim) async throws -> MadeReport {
        guard let schedule = schedules.first(where: { $0.name == claim.schedule }) else {
            preconditionFailure("A claim is of one of the scheduler's schedules.")
        }
        let definition = try catalogue.report(claim.report)
        let window = schedule.window.bounds(at: claim.slot, in: schedule.timeZone)
        var texts = schedule.parameters.map { (name: $0.key, text: $0.value) }
        if let since = window.since { texts.append(("since", since.rfc3339)) }
        if let until = window.until { texts.append(("until", until.rfc3339)) }
        // A relative time is reckoned back from the slot, however late it is made.
        let arguments = try ReportArguments.parse(texts, for: definition, now: claim.slot)
        let report = try await runner.run(definition, arguments)
        var artifacts: [(format: ReportFormat, body: [UInt8], idempotencyKey: String)] = []
        for format in schedule.formats {
            let artifact = Artifact(
                schedule: schedule.name, report: claim.report, slot: claim.slot, timeZone: schedule.timeZone,
                format: format, rowsSHA256: report.rowsSHA256, body: report.rendered(as: format))
            let key = WebhookRequest.idempotencyKey(of: artifact, ledgerID: report.ledgerID)
            artifacts.append((format, artifact.body, key))
        }
        return MadeReport(
            report: report, artifacts: artifacts,
            targets: schedule.deliveries.map { DeliveryTarget($0, of: schedule.name) })
    }
}
