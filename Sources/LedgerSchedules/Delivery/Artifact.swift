package import Foundation
package import LedgerReporting
package import WorkflowEvents

/// One report of one slot in one format, ready to be delivered.
package struct Artifact: Sendable, Hashable {
    /// The name of the schedule.
    package var schedule: String
    /// The name of the report.
    package var report: String
    /// When it came due.
    package var slot: Timestamp
    /// The zone of the schedule.
    package var timeZone: TimeZone
    package var format: ReportFormat
    /// The SHA-256 of the report's rows in lower-case hexadecimal digits, the same in every format.
    package var rowsSHA256: String
    /// What is delivered.
    package var body: [UInt8]

    package init(
        schedule: String, report: String, slot: Timestamp, timeZone: TimeZone, format: ReportFormat,
        rowsSHA256: String,
        body: [UInt8]
    ) {
        self.schedule = schedule
        self.report = report
        self.slot = slot
        self.timeZone = timeZone
        self.format = format
        self.rowsSHA256 = rowsSHA256
        self.body = body
    }
}
