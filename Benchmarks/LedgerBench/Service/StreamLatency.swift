import Foundation
import WorkflowEvents
import WorkflowEventsPostgres

/// How long committed events take to subscribers of everything while events come at a steady rate over HTTP.
///
/// The batch is recorded a moment before it is committed, so the figures are a little too high.
struct StreamLatency: Sendable {
    let subscriberCount: Int
    let eventsPerSecond: Int
    /// A divisor of the events a second.
    let eventsPerRequest: Int
    let seconds: Int

    /// Milliseconds from being recorded to being read.
    struct Latency: Sendable {
        var median: Double
        /// The 99th percentile.
        var tail: Double
    }

    /// Reading the time of every frame would cost more than the service itself.
    private var timedCount: Int { min(5, subscriberCount) }

    /// - Parameter stalledCount: how many more subscribers read nothing.
    func run(
        _ bench: Workbench, _ service: ServiceProcess, label: String, stalledCount: Int = 0
    ) throws -> Latency {
        let stalled = try (0..<stalledCount).map { _ in try StreamReader(port: service.port) }
        let readers = try (0..<subscriberCount).map { _ in try StreamReader(port: service.port) }
        for reader in readers { try reader.catchUp() }
        let sender = try RawSocket(port: service.port)
        var replies = ReplyReader()
        let count = eventsPerSecond * seconds
        let interval = Duration.seconds(1) / (eventsPerSecond / eventsPerRequest)
        let events = bench.events(count, label: label)
        let requests = stride(from: 0, to: count, by: eventsPerRequest).map {
            HTTPLoad.request(events[$0..<$0 + eventsPerRequest])
        }
        var latencies: [Double] = []
        var sent = 0
        let begin = ContinuousClock.now
        var entries = (readers.map(\.socket) + [sender]).map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        var buffer = [UInt8](repeating: 0, count: BareLoop.blockBytes)
        while readers[..<timedCount].contains(where: { $0.eventCount < count }) {
            while sent < requests.count, ContinuousClock.now - begin >= interval * sent {
                try sender.write(requests[sent])
                sent += 1
            }
            poll(&entries, nfds_t(entries.count), 1)
            guard ContinuousClock.now - begin < .seconds(seconds * 4) else {
                throw BenchError("the streams fall behind for good")
            }
            for (index, reader) in readers.enumerated() where entries[index].revents != 0 {
                guard index < timedCount else {
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
        return Latency(median: latencies.median, tail: latencies.quantile(0.99))
    }

    private static let key = Array("\"recorded_at\":\"".utf8)

    private static func recordedAt(_ payload: UnsafeRawBufferPointer) -> Timestamp? {
        guard let start = payload.firstOffset(of: key) else { return nil }
        let text = payload[(start + key.count)...].prefix { $0 != UInt8(ascii: "\"") }
        return Timestamp(rfc3339: String(decoding: text, as: UTF8.self))
    }
}
