import Foundation
import WorkflowEvents
import WorkflowEventsPostgres

/// How long a committed event takes to a subscriber: 5,000 events a second, 100 subscribers of everything; then the same
/// with one more that reads nothing.
///
/// The batch is recorded a moment before it is committed, so the figures are a little too high.
struct StreamLatencyMeasure {
    let bench: Workbench
    let runledger: String

    private static let subscriberCount = 100
    /// Reading the time of every frame would cost more than the service itself.
    private static let timedCount = 5
    private static let eventsPerSecond = 5_000
    private static let seconds = 10

    func run() async throws -> [ResultRow] {
        try await bench.settle()
        let (alone, beside) = try await ServiceProcess.withService(bench, runledger: runledger) { service in
            let alone = try measure(service, label: "la", stalledCount: 0)
            return (alone, try measure(service, label: "lb", stalledCount: 1))
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

    private struct Latency: Sendable {
        var median: Double
        var tail: Double
    }

    private func measure(_ service: ServiceProcess, label: String, stalledCount: Int) throws -> Latency {
        let stalled = try (0..<stalledCount).map { _ in try StreamReader(port: service.port) }
        let readers = try (0..<Self.subscriberCount).map { _ in try StreamReader(port: service.port) }
        for reader in readers { try reader.catchUp() }
        let sender = try RawSocket(port: service.port)
        var replies = ReplyReader()
        let count = Self.eventsPerSecond * Self.seconds
        let perRequest = Self.eventsPerSecond / 200
        let events = bench.events(count, label: label)
        let requests = stride(from: 0, to: count, by: perRequest).map { HTTPLoad.request(events[$0..<$0 + perRequest]) }
        var latencies: [Double] = []
        var sent = 0
        let begin = ContinuousClock.now
        var entries = (readers.map(\.socket) + [sender]).map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        var buffer = [UInt8](repeating: 0, count: BareLoop.blockBytes)
        while readers[..<Self.timedCount].contains(where: { $0.eventCount < count }) {
            while sent < requests.count, ContinuousClock.now - begin >= .milliseconds(5) * sent {
                try sender.write(requests[sent])
                sent += 1
            }
            poll(&entries, nfds_t(entries.count), 1)
            guard ContinuousClock.now - begin < .seconds(Self.seconds * 4) else {
                throw BenchError("the streams fall behind for good")
            }
            for (index, reader) in readers.enumerated() where entries[index].revents != 0 {
                guard index < Self.timedCount else {
                    try reader.drain(into: &buffer)
                    continue
                }
                let now = Timestamp.now.microsecondsSince1970
                try reader.read { payload in
                    guard let recorded = Self.recordedAt(payload) else { return }
                    latencies.append(Double(now - recorded.microsecondsSince1970) / 1000)
                }
            }
            // Requests are pipelined: the answers only have to be taken away.
            if entries[readers.count].revents != 0 { while try replies.read(from: sender) != nil {} }
        }
        withExtendedLifetime(stalled) {}
        latencies.sort()
        return Latency(median: latencies[latencies.count / 2], tail: latencies[latencies.count * 99 / 100])
    }

    private static let key = Array("\"recorded_at\":\"".utf8)

    private static func recordedAt(_ payload: UnsafeRawBufferPointer) -> Timestamp? {
        guard let range = payload.firstRange(of: key) else { return nil }
        let text = payload[range.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
        return Timestamp(rfc3339: String(decoding: text, as: UTF8.self))
    }
}
