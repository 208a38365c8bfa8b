#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A moment of UTC with the precision of PostgreSQL's `timestamptz`: whole microseconds.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted; negative before.
    public var microsecondsSince1970: Int64

    /// The moment that lies `microsecondsSince1970` after the Unix epoch.
    public init(microsecondsSince1970: Int64) {
        self.microsecondsSince1970 = microsecondsSince1970
    }

    /// `date`, rounded to the nearest microsecond and held within the range of `Int64`.
    public init(_ date: Date) {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        self.microsecondsSince1970 =
            Int64(exactly: microseconds) ?? (microseconds < 0 ? .min : .max)
    }

    /// This moment as Foundation's `Date`, exact to about a tenth of a microsecond in this century.
    public var date: Date {
        Date(timeIntervalSince1970: Double(microsecondsSince1970) / 1_000_000)
    }

    /// Whether `lhs` is the earlier one.
    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.microsecondsSince1970 < rhs.microsecondsSince1970
    }
}
