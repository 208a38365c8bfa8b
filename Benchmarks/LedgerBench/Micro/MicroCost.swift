import Foundation

/// A small operation, measured again and again by the time that its thread computes, so that whoever else uses the
/// machine counts for little.
struct MicroCost {
    /// Does an operation as many times as it is told.
    typealias Operation = (Int) throws -> Void

    var what: String
    /// What one operation makes or takes, where that is bytes.
    var bytes: Double?
    /// How many operations belong together; the counts that are asked for are multiples of it.
    var group = 1
    var operation: Operation
    /// Another way to the same end, or the least that it takes.
    var comparison: (name: String, operation: Operation)?
    /// Between two rounds, untimed.
    var reset: () -> Void = {}

    private static let roundSeconds = 0.01
    private static let warmUpCount = 5
    private static let roundCount = 41

    /// A row of ``table(_:)``.
    func row() throws -> [String] {
        let count = try Self.roundLength(operation, group)
        let otherCount = try comparison.map { try Self.roundLength($0.operation, group) } ?? 0
        var times: [Double] = []
        var others: [Double] = []
        for round in 0..<Self.warmUpCount + Self.roundCount {
            reset()
            let time = try Self.nanoseconds(count, operation)
            let other = try comparison.map { try Self.nanoseconds(otherCount, $0.operation) }
            guard round >= Self.warmUpCount else { continue }
            times.append(time)
            if let other { others.append(other) }
        }
        reset()
        let median = times.median
        var cells = [what, short(median), "\(short(times.quantile(0.1)))–\(short(times.quantile(0.9)))"]
        cells.append(grouped(1e9 / median))
        cells.append(bytes.map { short($0 / median * 1000) } ?? "–")
        if let comparison {
            cells += ["\(short(others.median)), \(comparison.name)", short(zip(others, times).map { $0 / $1 }.median)]
        } else {
            cells += ["–", "–"]
        }
        return cells
    }

    /// `rows` with what their columns are.
    static func table(_ rows: [[String]]) -> Table {
        Table(
            heading: "Hot paths",
            note: """
                Nanoseconds an operation, by the thread's own computing time: the median of \(roundCount) rounds, and from \
                the 10th to the 90th percentile. The ratio is that of the rates, ours to the other's, whose rounds \
                alternate with ours.
                """,
            columns: ["operation", "ns", "p10–p90", "operations/s", "MB/s", "beside, ns", "ratio"],
            rows: rows)
    }

    /// How many operations take long enough to be timed.
    private static func roundLength(_ operation: Operation, _ group: Int) throws -> Int {
        var count = group
        while true {
            let spent = try nanoseconds(count, operation) * Double(count) / 1e9
            guard spent < roundSeconds / 2 else {
                return max(group, Int(Double(count) * roundSeconds / spent) / group * group)
            }
            count *= 2
        }
    }

    private static func nanoseconds(_ count: Int, _ operation: Operation) throws -> Double {
        let begin = threadNanoseconds()
        try operation(count)
        return Double(threadNanoseconds() - begin) / Double(count)
    }
}

/// How long the calling thread has computed.
func threadNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Keeps the compiler from leaving out what made `value`.
@inline(never)
@_optimize(none)
func blackHole<T>(_ value: borrowing T) {}
