import Foundation
import LedgerReporting
import LedgerSchedules
import Logging
package import WorkflowEvents

extension ReportScheduler {
    /// So many deliveries are under way at a time.
    private static let maximumDeliveryCount = 8

    /// Tries every delivery that is due, those too that others left behind.
    ///
    /// - Returns: when the next one comes due; `nil` if there is none.
    /// - Throws: an error of the database connection; a retry is safe. That a delivery fails is no error here.
    package func deliverDue() async throws -> Timestamp? {
        let (keys, names) = (Array(targets.keys), schedules.map(\.name))
        while true {
            try Task.checkCancellation()
            let now = clock.timestamp()
            guard let next = try await repository.nextDelivery(to: keys, of: names, at: now) else { return nil }
            if next > now { return next }
            let claims = try await repository.claimDeliveries(
                to: keys, of: names, at: now, limit: Self.maximumDeliveryCount)
            if claims.isEmpty { return next }
            try await deliver(claims)
        }
    }

    /// Makes an attempt at each of `claims`, at the same time.
    func deliver(_ claims: [DeliveryClaim]) async throws {
        let ledgerID = try await repository.ledgerID()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for claim in claims { group.addTask { try await deliver(claim, ledgerID: ledgerID) } }
            try await group.waitForAll()
        }
    }

    private func deliver(_ claim: DeliveryClaim, ledgerID: UUID) async throws {
        var log = logger
        log[metadataKey: "schedule"] = "\(claim.schedule)"
        log[metadataKey: "report"] = "\(claim.report)"
        log[metadataKey: "slot"] = "\(claim.slot)"
        log[metadataKey: "format"] = "\(claim.format)"
        do {
            switch try await attempt(claim, ledgerID: ledgerID) {
            case .delivered:
                let now = clock.timestamp()
                try await despiteCancellation { try await repository.deliver(claim, at: now) }
                onOutcome(.delivered)
                log.info("delivered a report")
            case .retry(let delay, let reason):
                log.warning("cannot deliver a report yet", metadata: ["reason": "\(reason)"])
                try await repository.retry(claim, reason, at: clock.timestamp() + delay)
            case .failed(let reason):
                log.error("gave up delivering a report", metadata: ["reason": "\(reason)"])
                try await repository.giveUp(claim, reason)
                onOutcome(.deliveryFailed)
            }
        } catch {
            guard Task.isCancelled else { throw error }
            let now = clock.timestamp()
            try await despiteCancellation { try await repository.release(claim, at: now) }
            throw CancellationError()
        }
    }

    private func attempt(_ claim: DeliveryClaim, ledgerID: UUID) async throws -> Courier.Outcome {
        guard let target = targets[claim.targetSHA256] else {
            return .failed("no file of schedules has named this target for a day")
        }
        guard let format = ReportFormat(rawValue: claim.format), let body = try await repository.content(of: claim)
        else {
            return .failed("what was to be delivered is kept no more")
        }
        let artifact = Artifact(
            schedule: claim.schedule, report: claim.report, slot: claim.slot, timeZone: target.schedule.timeZone,
            format: format, rowsSHA256: claim.rowsSHA256, body: body)
        return try await courier.deliver(
            artifact, target.delivery, ledgerID: ledgerID, attemptCount: claim.attempt,
            firstAttemptAt: claim.firstAttemptAt, clock: clock)
    }
}
