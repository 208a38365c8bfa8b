package import Foundation
package import LedgerReporting

/// A report that is made and delivered again and again.
package struct Schedule: Sendable, Hashable {
    /// 1 to 64 lower-case letters, digits and hyphens; no other schedule of the file has it.
    package var name: String
    /// The names of the reports to make, 1 to 20, each once.
    package var reports: [String]
    /// The arguments of each of the reports, as texts that are of the parameters' types.
    package var parameters: [String: String]
    /// When it comes due, on the clock of `timeZone`.
    package var cron: CronExpression
    /// The zone of the cron expression, the window and the local placeholders of file names.
    package var timeZone: TimeZone
    /// What the report is about, relative to the slot.
    package var window: ReportWindow
    /// The formats in which each report is delivered, each once.
    package var formats: [ReportFormat]
    /// What becomes of slots that passed while nothing ran.
    package var catchUp: CatchUp
    /// Where every artifact goes, 1 to 10 places.
    package var deliveries: [Delivery]

    /// A schedule of these parts, which are not checked; ``ScheduleFile`` checks them.
    package init(
        name: String, reports: [String], parameters: [String: String] = [:], cron: CronExpression,
        timeZone: TimeZone = .gmt, window: ReportWindow = .all, formats: [ReportFormat] = [.html],
        catchUp: CatchUp = .latest, deliveries: [Delivery]
    ) {
        self.name = name
        self.reports = reports
        self.parameters = parameters
        self.cron = cron
        self.timeZone = timeZone
        self.window = window
        self.formats = formats
        self.catchUp = catchUp
        self.deliveries = deliveries
    }
}
