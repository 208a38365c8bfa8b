package import LedgerReporting
package import WorkflowEvents

/// The leave to make one report of a slot, good for ``lease``.
package struct ExecutionClaim: Sendable, Hashable {
    /// Longer than a report may take; a claim that is older may be taken over.
    package static let lease = Duration.seconds(300)
    /// How often a report is begun before it is given up.
    package static let maximumAttemptCount = 5

    package let id: Int64
    package let schedule: String
    package let report: String
    package let slot: Timestamp
    /// Which attempt it is, from 1; nobody else has the same.
    package let attempt: Int
}

/// The leave to deliver one artifact to one place, good for ``lease``.
package struct DeliveryClaim: Sendable, Hashable {
    /// Longer than a webhook may take to answer; a claim that is older may be taken over.
    package static let lease = Duration.seconds(120)

    package let id: Int64
    package let executionID: Int64
    package let schedule: String
    package let report: String
    package let slot: Timestamp
    /// The raw value of a `ReportFormat`.
    package let format: String
    package let rowsSHA256: String
    package let targetSHA256: String
    /// Which attempt it is, from 1; nobody else has the same.
    package let attempt: Int
    package let firstAttemptAt: Timestamp
}

/// A report that was made, in all its formats, and where it goes.
package struct MadeReport: Sendable {
    /// The answer.
    package var report: Report
    /// What it was asked with, a JSON object.
    package var parametersJSON: [UInt8]
    package var artifacts: [(format: ReportFormat, body: [UInt8], idempotencyKey: String)]
    package var targets: [DeliveryTarget]
}
