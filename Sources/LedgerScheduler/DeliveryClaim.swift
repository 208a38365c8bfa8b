package import WorkflowEvents

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
