import Foundation
import LedgerSchedules
import NIOPosix
import WorkflowEvents

/// Takes artifacts where they go, one attempt at a time.
struct Courier: Sendable {
    /// What follows an attempt.
    enum Outcome: Sendable {
        case delivered
        /// Try again after this time, for this reason.
        case retry(after: Duration, String)
        /// Give up, for this reason.
        case failed(String)
    }

    let environment: [String: String]
    private let client = WebhookClient()
    private let plan = RetryPlan()

    init(environment: [String: String]) {
        self.environment = environment
    }

    /// Makes attempt `attemptCount` to deliver `artifact`, the first of which began at `firstAttemptAt`.
    ///
    /// - Throws: `CancellationError` where nobody knows what became of it.
    func deliver(
        _ artifact: Artifact, _ delivery: Delivery, ledgerID: UUID, attemptCount: Int, firstAttemptAt: Timestamp,
        clock: SinkClock
    ) async throws -> Outcome {
        let outcome: DeliveryOutcome
        do {
            switch delivery {
            case .directory(let path, let template):
                try await write(artifact, DirectoryDelivery(path: path, template: template))
                return .delivered
            case .webhook(let url, let source):
                let now = clock.timestamp()
                let secret = try source.load(from: environment)
                outcome = await client.send(
                    WebhookRequest(artifact, to: url, secret: secret, ledgerID: ledgerID, at: now), now: now)
            }
        } catch let error as ScheduleError {
            // A secret may be put right, as a disk may.
            guard error.isRetryable || error.code == .badSecret else { return .failed(error.message) }
            outcome = .noResponse(error.message)
        }
        var generator = SystemRandomNumberGenerator()
        let age = max(.zero, clock.timestamp() - firstAttemptAt)
        switch plan.decision(after: outcome, attemptCount: attemptCount, age: age, using: &generator) {
        case .delivered: return .delivered
        case .failed(let reason): return .failed(reason)
        case .retry(let delay):
            try Task.checkCancellation()
            return .retry(after: delay, outcome.reason)
        }
    }

    /// Writes on a thread that may block.
    private func write(_ artifact: Artifact, _ delivery: DirectoryDelivery) async throws {
        _ = try await NIOThreadPool.singleton.runIfActive { try delivery.deliver(artifact) }
    }
}

extension DeliveryOutcome {
    /// Why it was no success.
    fileprivate var reason: String {
        switch self {
        case .response(let status, _): "the webhook answered \(status)"
        case .noResponse(let problem): problem
        }
    }
}
