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
