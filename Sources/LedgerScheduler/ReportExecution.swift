package import WorkflowEvents

/// One report of one slot of a schedule: what was made, and where it went.
package struct ReportExecution: Sendable, Hashable {
    /// How far it has come.
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// It is due or being made, or waits after a failure.
        case making
        /// It was made; its deliveries have states of their own.
        case made
        /// It could not be made and is not tried again.
        case failed
    }

    /// The report in one format.
    package struct Artifact: Sendable, Hashable {
        package var format: String
        /// Size in bytes.
        package var byteCount: Int64
        /// Of what was delivered, in lower-case hexadecimal digits.
        package var sha256: String
    }

    /// An artifact on its way to one place.
    package struct Delivery: Sendable, Hashable {
        package enum State: String, Sendable, Hashable, CaseIterable {
            case pending
            case delivered
            /// It is not tried again.
            case failed
        }

        package var format: String
        package var kind: DeliveryTarget.Kind
        /// The path of a directory, or the origin of a webhook's URL.
        package var target: String
        /// What a webhook's requests carry as `Idempotency-Key`.
        package var idempotencyKey: String
        package var state: State
        /// How often it was tried.
        package var attemptCount: Int
        /// When it is tried next, or the end of the lease of who tries it now; `nil` unless pending.
        package var nextAttemptAt: Timestamp?
        /// `nil` unless delivered.
        package var deliveredAt: Timestamp?
        /// Why the latest attempt failed; `nil` if none did.
        package var error: String?
    }

    /// Its number; later ones are greater.
    package var id: Int64
    package var schedule: String
    package var report: String
    package var slot: Timestamp
    package var state: State
    /// How often making it was begun.
    package var attemptCount: Int
    /// What the report was asked with, a JSON object; `nil` unless made, as the next four.
    package var parametersJSON: String?
    package var asOfPosition: Int64?
    package var rowCount: Int?
    /// In lower-case hexadecimal digits.
    package var rowsSHA256: String?
    package var isTruncated: Bool?
    /// Why the latest attempt failed; `nil` if none did, or it was made since.
    package var error: String?
    package var createdAt: Timestamp
    /// When it was made or given up; `nil` until then.
    package var finishedAt: Timestamp?
    /// By format.
    package var artifacts: [Artifact] = []
    /// By format and target.
    package var deliveries: [Delivery] = []
}

/// Which executions a list holds.
package struct ReportExecutionFilter: Sendable, Hashable {
    /// Only those of this schedule.
    package var schedule: String?
    /// Only those of this report.
    package var report: String?
    /// Only those in this state.
    package var state: ReportExecution.State?
    /// Only those of this slot.
    package var slot: Timestamp?

    /// A filter with what is given; without anything, every execution passes.
    package init(
        schedule: String? = nil, report: String? = nil, state: ReportExecution.State? = nil, slot: Timestamp? = nil
    ) {
        self.schedule = schedule
        self.report = report
        self.state = state
        self.slot = slot
    }
}
