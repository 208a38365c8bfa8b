/// A point in time with PostgreSQL's own resolution, exact where `Date` is not.
package struct PostgresTimestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01 00:00 UTC. `Int64.max` and `Int64.min` are PostgreSQL's `infinity` and
    /// `-infinity`.
    package var microsecondsSince1970: Int64

    package init(microsecondsSince1970: Int64) {
        self.microsecondsSince1970 = microsecondsSince1970
    }

    package static func < (left: PostgresTimestamp, right: PostgresTimestamp) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }

    /// From 1970-01-01 to 2000-01-01, where PostgreSQL counts from.
    private static let epochOffset: Int64 = 946_684_800_000_000

    /// Microseconds since 2000; what is out of its range becomes an infinity.
    var microsecondsSince2000: Int64 {
        guard microsecondsSince1970 != .max else { return .max }
        let (value, overflow) = microsecondsSince1970.subtractingReportingOverflow(Self.epochOffset)
        return overflow ? .min : value
    }

    init(microsecondsSince2000: Int64) {
        let (value, overflow) = microsecondsSince2000.addingReportingOverflow(Self.epochOffset)
        microsecondsSince1970 = overflow ? .max : microsecondsSince2000 == .min ? .min : value
    }
}

extension PostgresTimestamp: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .timestamptz }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: microsecondsSince2000) }

    /// Reads `timestamptz`, or `timestamp` as UTC.
    package init(from cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .timestamptz || cell.type == .timestamp else { throw cell.mismatch(PostgresTimestamp.self) }
        let bytes = try cell.value(for: PostgresTimestamp.self, count: 8)
        self.init(microsecondsSince2000: bytes.readBigEndian(Int64.self))
    }
}
