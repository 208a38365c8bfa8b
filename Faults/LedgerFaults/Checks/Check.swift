/// What was found where one promise was looked into.
struct Check: Sendable {
    /// What should hold, as a sentence.
    let promise: String
    /// What was looked at, in numbers.
    let counts: String
    /// Where it does not hold.
    let faults: [String]

    init(_ promise: String, _ counts: String, faults: [String] = []) {
        self.promise = promise
        self.counts = counts
        self.faults = faults
    }

    private static let shownFaults = 5

    /// Whether it holds, and where it does not, in lines.
    var text: String {
        var lines = ["\(faults.isEmpty ? "ok    " : "FAILED") \(promise)\(counts.isEmpty ? "" : ": \(counts)")"]
        lines += faults.prefix(Self.shownFaults).map { "         \($0)" }
        if faults.count > Self.shownFaults { lines.append("         and \(faults.count - Self.shownFaults) more") }
        return lines.joined(separator: "\n")
    }
}
