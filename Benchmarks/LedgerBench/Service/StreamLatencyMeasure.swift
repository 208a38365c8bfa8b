/// How long a committed event takes to a subscriber: 5,000 events a second, 100 subscribers of everything; then the same
/// with one more that reads nothing.
struct StreamLatencyMeasure {
    let bench: Workbench
    let runledger: String

    func run() async throws -> [ResultRow] {
        let load = StreamLatency(subscriberCount: 100, eventsPerSecond: 5_000, eventsPerRequest: 25, seconds: 10)
        try await bench.settle()
        let (alone, beside) = try await ServiceProcess.withService(bench, runledger: runledger) { service in
            let alone = try load.run(bench, service, label: "la")
            return (alone, try load.run(bench, service, label: "lb", stalledCount: 1))
        }
        let ratio = beside.tail / alone.tail
        return [
            ResultRow(
                what: "commit to frame, median, 5,000 events/s, 100 subscribers",
                figure: "\(fixed(alone.median, 1)) ms",
                ceiling: "–", ratio: "–", goal: "under 10 ms", isMet: alone.median < 10),
            ResultRow(
                what: "commit to frame, p99", figure: "\(fixed(alone.tail, 1)) ms", ceiling: "–", ratio: "–",
                goal: "under 50 ms", isMet: alone.tail < 50),
            ResultRow(
                what: "the same p99 beside a subscriber that reads nothing", figure: "\(fixed(beside.tail, 1)) ms",
                ceiling: "\(fixed(alone.tail, 1)) ms", ratio: fixed(ratio), goal: "under 1.1", isMet: ratio < 1.1),
        ]
    }
}
