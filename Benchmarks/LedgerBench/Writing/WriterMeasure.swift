import WorkflowEvents

/// Two producers on a batch writer, sequencing included, beside two concurrent binary `psql \copy` of as many rows.
struct WriterMeasure {
    let bench: Workbench
    let pairs: Int
    let rows: Int

    func run() async throws -> [ResultRow] {
        var ours: [Double] = []
        var theirs: [Double] = []
        for pair in 0..<pairs {
            theirs.append(try await PlainCopy(bench: bench).run(producers("c\(pair)")))
            ours.append(try await bench.write(producers("w\(pair)"), batchCount: 10_000))
        }
        let ratio = zip(ours, theirs).map { $0 / $1 }.median
        return [
            ResultRow(
                what: "batch writer, two producers, sequencing included", figure: "\(grouped(ours.median)) rows/s",
                ceiling: "\(grouped(theirs.median)) rows/s, two binary `psql \\copy`", ratio: fixed(ratio),
                goal: "at least 0.9", isMet: ratio >= 0.9)
        ]
    }

    private func producers(_ label: String) -> [[WorkflowEvent]] {
        (0..<2).map { bench.events(rows, label: "\(label)-\($0)") }
    }
}
