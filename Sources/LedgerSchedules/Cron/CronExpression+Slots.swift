package import Foundation
package import WorkflowEvents

extension CronExpression {
    /// The first moment after `time` at which the expression comes due on the clock of `zone`; `nil` beyond the year 9999.
    ///
    /// It is found by arithmetic, in microseconds even where it lies years ahead. The rules of daylight saving are those
    /// that Foundation knows.
    package func next(after time: Timestamp, in zone: TimeZone) -> Timestamp? {
        let time = max(time, Timestamp.rfc3339Range.lowerBound)
        guard time < Timestamp.rfc3339Range.upperBound else { return nil }
        let second = Timestamp.flooredDivision(Int(time.microsecondsSince1970), 1_000_000).quotient
        guard let moment = followsRealTime ? nextShown(from: second + 1, in: zone) : nextFixed(after: second, in: zone)
        else { return nil }
        let next = Timestamp(microsecondsSince1970: Int64(moment) * 1_000_000)
        return Timestamp.rfc3339Range.contains(next) ? next : nil
    }

    /// The moments after `start` and up to `end` at which the expression comes due, in order, found one by one.
    package func slots(
        after start: Timestamp, through end: Timestamp, in zone: TimeZone
    ) -> UnfoldSequence<Timestamp, Timestamp> {
        sequence(state: start) { last in
            guard let next = next(after: last, in: zone), next <= end else { return nil }
            last = next
            return next
        }
    }

    /// The last `maximumCount` moments after `start` and up to `end` at which the expression comes due, in order.
    ///
    /// Takes about as long as that many calls of ``next(after:in:)``, however long ago `start` is.
    package func newestSlots(
        _ maximumCount: Int, after start: Timestamp, through end: Timestamp, in zone: TimeZone
    ) -> [Timestamp] {
        precondition(maximumCount > 0, "no slots are asked for")
        let start = max(start, Timestamp.rfc3339Range.lowerBound)
        let end = min(end, Timestamp.rfc3339Range.upperBound)
        guard start < end else { return [] }
        var span: Int64 = 3_600_000_000
        while true {
            let from = max(start, Timestamp(microsecondsSince1970: end.microsecondsSince1970 - span))
            let slots = slots(after: from, through: end, in: zone).suffix(maximumCount)
            if slots.count == maximumCount || from == start { return Array(slots) }
            span *= 4
        }
    }
}

// MARK: - Daylight saving

extension CronExpression {
    /// For fixed times: a later time of the clock never comes due before an earlier one, so the first that is due is next.
    private func nextFixed(after second: Int, in zone: TimeZone) -> Int? {
        var shown = zone.localTime(at: second)
        while let localTime = localTime(from: shown + 1) {
            let moment = zone.moment(ofLocalTime: localTime)
            if moment > second { return moment }
            shown = localTime
        }
        return nil
    }

    /// For real time: the first moment, not before `start`, at which the clock shows a time of the expression.
    private func nextShown(from start: Int, in zone: TimeZone) -> Int? {
        var start = start
        while true {
            let shown = zone.localTime(at: start)
            guard let localTime = localTime(from: shown) else { return nil }
            let moment = start + localTime - shown
            let horizon = min(moment, start + Self.stride)
            if let change = zone.change(after: start, through: horizon) {
                start = change
            } else if moment == horizon {
                return moment
            } else {
                // Between two strides from here and two strides before `moment`, however often the clock is set, it shows
                // something between `shown` and `localTime`, which is no time of the expression.
                start = max(horizon, moment - Self.stride)
            }
        }
    }

    /// Two days, in seconds: more than all the offsets from UTC differ.
    private static let stride = 2 * 86_400
}
