package import Foundation
package import WorkflowEvents

extension ReportWindow {
    /// The window of the slot `slot` on the calendar of `zone`.
    package func bounds(at slot: Timestamp, in zone: TimeZone) -> Bounds {
        switch self {
        case .all:
            return Bounds(since: nil, until: nil)
        case .last(let count, let unit):
            let microseconds = slot.microsecondsSince1970 - Int64(count * unit.seconds) * 1_000_000
            return Bounds(since: Timestamp(microsecondsSince1970: microseconds), until: slot)
        case .current(let period):
            let first = period.firstDay(containing: Self.day(of: slot, in: zone))
            return Bounds(since: min(zone.start(ofDay: first), slot), until: slot)
        case .previous(let period):
            let end = period.firstDay(containing: Self.day(of: slot, in: zone))
            let first = period.firstDay(containing: end - 1)
            return Bounds(since: zone.start(ofDay: first), until: zone.start(ofDay: end))
        }
    }

    /// The date that the clock of `zone` shows, in days since 1970-01-01.
    private static func day(of slot: Timestamp, in zone: TimeZone) -> Int {
        let moment = Timestamp.flooredDivision(Int(slot.microsecondsSince1970), 1_000_000).quotient
        return Timestamp.flooredDivision(zone.localTime(at: moment), 86_400).quotient
    }
}

extension ReportWindow.Period {
    /// The first day of the period to which `day` belongs, both in days since 1970-01-01.
    fileprivate func firstDay(containing day: Int) -> Int {
        let (year, month, _) = Timestamp.civil(daysSince1970: day)
        switch self {
        case .day: return day
        // 1970-01-01 was a Thursday, three days after Monday.
        case .week: return day - Timestamp.flooredDivision(day + 3, 7).remainder
        case .month: return Timestamp.daysSince1970(year: year, month: month, day: 1)
        case .quarter: return Timestamp.daysSince1970(year: year, month: month - (month - 1) % 3, day: 1)
        case .year: return Timestamp.daysSince1970(year: year, month: 1, day: 1)
        }
    }
}
