/// 500 subscribers of everything beside a bare loop.
///
/// Of small events most of the time goes into storing them; of large ones into sending them on.
struct FanOutMeasure {
    let bench: Workbench
    let runledger: String
    let pairs: Int

    func run() async throws -> [ResultRow] {
        [
            try await row("2,000 events of 4 KB", eventCount: 2_000, issueBytes: 4_000, goal: 0.8),
            // Most of the time is not spent sending, so that the bare loop is no goal.
            try await row("20,000 events", eventCount: 20_000, issueBytes: 0, goal: nil),
        ]
    }

    private func row(_ what: String, eventCount: Int, issueBytes: Int, goal: Double?) async throws -> ResultRow {
        let rates = try await FanOut(
            bench: bench, runledger: runledger, subscriberCount: 500, eventCount: eventCount, issueBytes: issueBytes
        ).run(pairs: pairs)
        return ResultRow(
            what: "fan-out of \(what) to 500 subscribers of everything, storing them included",
            figure: "\(grouped(rates.ours.median / 1e6)) MB/s",
            ceiling: "\(grouped(rates.theirs.median / 1e6)) MB/s, a bare loop over as many sockets",
            ratio: fixed(rates.ratio), goal: goal.map { "at least \($0)" } ?? "–",
            isMet: goal.map { rates.ratio >= $0 } ?? true)
    }
}
