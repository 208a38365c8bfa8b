import Foundation
import WorkflowEvents

/// Between moments, in seconds since 1970-01-01T00:00:00Z, and what a wall clock shows, in seconds since 1970-01-01 00:00 of
/// that clock.
///
/// Two changes of a zone's clock are taken to lie more than two days apart, as they do in all of the tz database.
extension TimeZone {
    /// What the clock shows at `moment`.
    func localTime(at moment: Int) -> Int {
        moment + offset(at: moment)
    }

    /// The moment at which the clock shows `localTime`: the first if there are two, and if the clock skips it the first
    /// moment after the gap.
    func moment(ofLocalTime localTime: Int) -> Int {
        let earliest = localTime - Self.maximumOffset
        let latest = localTime + Self.maximumOffset
        let before = localTime - offset(at: earliest)
        guard let change = change(after: earliest, through: latest) else { return before }
        if before < change { return before }
        return max(change, localTime - offset(at: latest))
    }

    /// The first moment at which the clock is set differently than at `start`, up to `end`, which is at most two days later.
    func change(after start: Int, through end: Int) -> Int? {
        let offset = self.offset(at: start)
        guard self.offset(at: end) != offset else { return nil }
        var (unchanged, changed) = (start, end)
        while changed - unchanged > 1 {
            let middle = unchanged + (changed - unchanged) / 2
            if self.offset(at: middle) == offset { unchanged = middle } else { changed = middle }
        }
        return changed
    }

    /// The moment at which the day that is `days` after 1970-01-01 begins.
    func start(ofDay days: Int) -> Timestamp {
        Timestamp(microsecondsSince1970: Int64(moment(ofLocalTime: days * 86_400)) * 1_000_000)
    }

    private func offset(at moment: Int) -> Int {
        secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment)))
    }

    /// Longer than any offset from UTC there has been: Manila was behind by almost 16 hours.
    private static let maximumOffset = 16 * 3600
}
