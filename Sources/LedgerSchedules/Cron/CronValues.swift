/// The numbers from 0 to 63 that a field of a cron expression allows.
struct CronValues: Sendable, Hashable {
    private var bits: UInt64 = 0

    init() {}

    /// Every `step`th number of `range`, beginning with its first.
    init(_ range: ClosedRange<Int>, step: Int = 1) {
        for value in stride(from: range.lowerBound, through: range.upperBound, by: step) { insert(value) }
    }

    var count: Int { bits.nonzeroBitCount }

    func contains(_ value: Int) -> Bool {
        bits >> UInt64(value) & 1 == 1
    }

    /// The least allowed number that is not less than `value`; `nil` if there is none.
    func first(from value: Int) -> Int? {
        guard value < 64 else { return nil }
        let rest = bits >> UInt64(value)
        return rest == 0 ? nil : value + rest.trailingZeroBitCount
    }

    mutating func insert(_ value: Int) {
        bits |= 1 << UInt64(value)
    }

    mutating func remove(_ value: Int) {
        bits &= ~(1 << UInt64(value))
    }

    mutating func formUnion(_ other: CronValues) {
        bits |= other.bits
    }
}
