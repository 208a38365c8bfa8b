/// What came of a run.
struct Verdict: Sendable {
    let seed: UInt64
    let duration: Duration
    let scheduled: [Fault.Kind: Int]
    let happened: [Fault.Kind: Int]
    /// Who took part, and what else is worth knowing.
    let notes: [String]
    let checks: [Check]

    var isGood: Bool { checks.allSatisfy(\.faults.isEmpty) }

    /// The whole report; `detailsPath` is told of where something failed.
    func text(detailsPath: String) -> String {
        var lines = ["seed \(seed), \(Int(duration / .seconds(1))) s of faults"]
        for kind in Fault.Kind.allCases {
            guard let count = scheduled[kind] else { continue }
            lines.append("  \(happened[kind] ?? 0) of \(count)  \(kind.rawValue)")
        }
        lines += notes.map { "  \($0)" }
        lines += checks.map(\.text)
        let failed = checks.filter { !$0.faults.isEmpty }.count
        lines.append(
            failed == 0
                ? "All \(checks.count) checks hold."
                : "\(failed) of \(checks.count) checks failed; logs and differences are in \(detailsPath)")
        return lines.joined(separator: "\n")
    }
}
