package import WorkflowEvents

/// The time a scheduled report is about, relative to its slot.
///
/// Written `all`, `last 90m`, `last 24h`, `last 7d`, `last 2w`; `today`, `yesterday`; `this week` or `week to date`, `last
/// week`; and `month to date`, `last month`, and so on for `quarter` and `year`.
package enum ReportWindow: Sendable, Hashable {
    /// Everything.
    case all
    /// So many units that end at the slot; a day has 24 hours here. From 1 to what makes 100 years.
    case last(Int, Unit)
    /// From the beginning of the period in which the slot lies to the slot; empty if the slot is that beginning.
    case current(Period)
    /// The whole period before the one in which the slot lies.
    case previous(Period)

    /// A span of fixed length; the raw value is its letter.
    package enum Unit: String, Sendable, Hashable, CaseIterable {
        case minutes = "m"
        case hours = "h"
        case days = "d"
        case weeks = "w"

        /// Its length in seconds.
        package var seconds: Int {
            switch self {
            case .minutes: 60
            case .hours: 3600
            case .days: 86_400
            case .weeks: 604_800
            }
        }
    }

    /// A period of the calendar. Each begins at midnight of the zone's clock, or at the first moment after it if the clock
    /// skips midnight, and at the first midnight if there are two, so a day can have 23 or 25 hours. A week begins on Monday
    /// (ISO 8601).
    package enum Period: String, Sendable, Hashable, CaseIterable {
        case day
        case week
        case month
        case quarter
        case year
    }

    /// Two ends in time: `since` belongs to it, `until` does not; `nil` is no end.
    package struct Bounds: Sendable, Hashable {
        package var since: Timestamp?
        package var until: Timestamp?

        package init(since: Timestamp?, until: Timestamp?) {
            self.since = since
            self.until = until
        }
    }
}
