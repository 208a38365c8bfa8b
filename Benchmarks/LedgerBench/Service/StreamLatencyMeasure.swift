/// How long a committed event takes to a subscriber: 5,000 events a second, 100 subscribers of everything; then the same
/// with one more that reads nothing, in turn.
struct StreamLatencyMeasure {
    let bench: Workbench
    let runledger: String
    let pairs: Int

    func run() async throws -> [ResultRow] {
        let load = StreamLatency(subscriberCount: 100, eventsPerSecond: 5_000, eventsPerRequest: 25, seconds: 6)
        try await bench.settle()
        let (alone, beside) = try await ServiceProcess.withService(bench, runledger: runledger) { service in
            var alone: [StreamLatency.Latency] = []
            var beside: [StreamLatency.Latency] = []
            for pair in 0..<pairs {
                alone.append(try load.run(bench, service, label: "la\(pair)"))
                beside.append(try load.run(bench, service, label: "lb\(pair)", stalledCount: 1))
            }
            return (alone, beside)
        }
        let median = alone.map(\.median).median
        let tail = alone.map(\.tail).median
        let ratio = zip(beside, alone).map { $0.tail / $1.tail }.median
        return [
            ResultRow(
                what: "commit to frame, median, 5,000 events/s, 100 subscribers", figure: "\(fixed(median, 1)) ms",
                ceiling: "–", ratio: "–", goal: "under 10 ms", isMet: median < 10),
            ResultRow(
                what: "commit to frame, p99", figure: "\(fixed(tail, 1)) ms", ceiling: "–", ratio: "–",
                goal: "under 50 ms", isMet: tail < 50),
            ResultRow(
                what: "the same p99 beside a subscriber that reads nothing",
                figure: "\(fixed(beside.map(\.tail).median, 1)) ms", ceiling: "\(fixed(tail, 1)) ms",
                ratio: fixed(ratio), goal: "under 1.1", isMet: ratio < 1.1),
        ]
    }
}
