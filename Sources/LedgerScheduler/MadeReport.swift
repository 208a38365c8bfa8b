package import LedgerReporting

/// A report that was made, in all its formats, and where it goes.
package struct MadeReport: Sendable {
    /// The answer.
    package var report: Report
    package var artifacts: [(format: ReportFormat, body: [UInt8], idempotencyKey: String)]
    package var targets: [DeliveryTarget]
}
