/// What one and a thousand subscribers of everything cost: how much they are sent, and how soon.
struct SubscriberGrowth {
    let bench: Workbench
    let runledger: String
    let pairs: Int

    private static let counts = [1, 10, 100, 1_000]
    private static let eventCount = 2_000
    private static let eventsPerSecond = 500

    func run() async throws -> Findings {
        var rows: [[String]] = []
        for count in Self.counts {
            let rates = try await FanOut(
                bench: bench, runledger: runledger, subscriberCount: count, eventCount: Self.eventCount,
                issueBytes: 4_000
            ).run(pairs: pairs)
            let load = StreamLatency(
                subscriberCount: count, eventsPerSecond: Self.eventsPerSecond, eventsPerRequest: 5, seconds: 5)
            try await bench.settle()
            let latency = try await ServiceProcess.withService(bench, runledger: runledger) { service in
                try load.run(bench, service, label: "lg\(count)")
            }
            rows.append([
                grouped(Double(count)), short(rates.ours.median / 1e6),
                grouped(rates.ours.median / rates.bytesPerEvent), short(rates.theirs.median / 1e6), fixed(rates.ratio),
                fixed(latency.median, 1), fixed(latency.tail, 1),
            ])
        }
        return Findings(growth: [
            Table(
                heading: "Streaming, by subscribers of everything",
                note: """
                    Fan-out of \(grouped(Double(Self.eventCount))) events of 4 KB, storing them included, which is most of \
                    it where subscribers are few; beside a bare loop that sends as many prebuilt bytes to as many sockets. \
                    Then commit to frame at \(Self.eventsPerSecond) events/s of the usual size.
                    """,
                columns: [
                    "subscribers", "ours, MB/s", "frames/s", "ceiling, MB/s", "ratio", "to the frame, median, ms",
                    "p99, ms",
                ],
                rows: rows)
        ])
    }
}
