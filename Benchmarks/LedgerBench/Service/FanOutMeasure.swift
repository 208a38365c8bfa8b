import Foundation
import WorkflowEvents
import WorkflowEventsPostgres

/// 500 subscribers of everything while 20,000 events are stored, beside a bare loop that writes as many bytes, prebuilt,
/// to as many sockets.
struct FanOutMeasure {
    let bench: Workbench
    let runledger: String
    let pairs: Int

    private static let subscriberCount = 500
    private static let eventCount = 20_000
    private static let eventsPerRequest = 500

    func run() async throws -> [ResultRow] {
        var ours: [Double] = []
        var theirs: [Double] = []
        for pair in 0..<pairs {
            try await bench.settle()
            let run = try await ServiceProcess.withService(bench, runledger: runledger) { service in
                try await stream(pair, service)
            }
            ours.append(run.bytesPerSecond)
            theirs.append(try await BareLoop(socketCount: Self.subscriberCount).run(bytesPerSocket: run.bytesPerReader))
        }
        let ratio = zip(ours, theirs).map { $0 / $1 }.median
        return [
            ResultRow(
                what: "fan-out of 20,000 events to 500 subscribers of everything, storing them included",
                figure: "\(grouped(ours.median / 1e6)) MB/s",
                ceiling: "\(grouped(theirs.median / 1e6)) MB/s, a bare loop over as many sockets", ratio: fixed(ratio),
                goal: "at least 0.8", isMet: ratio >= 0.8)
        ]
    }

    private struct Run: Sendable {
        var bytesPerReader: Int
        var bytesPerSecond: Double
    }

    private func stream(_ pair: Int, _ service: ServiceProcess) async throws -> Run {
        let events = bench.events(Self.eventCount, label: "fo\(pair)")
        let requests = stride(from: 0, to: events.count, by: Self.eventsPerRequest).map { start in
            HTTPLoad.request(events[start..<start + Self.eventsPerRequest])
        }
        let readers = try (0..<Self.subscriberCount).map { _ in try StreamReader(port: service.port) }
        for reader in readers { try reader.catchUp() }
        // What one reads is read frame by frame; the others, which are sent the same, take it away as the bare loop's do.
        let before = readers.map(\.byteCount)
        var buffer = [UInt8](repeating: 0, count: BareLoop.blockBytes)
        var total = Int.max
        let begin = ContinuousClock.now
        async let storing = HTTPLoad(port: service.port, connectionCount: 4).run(requests.count, expecting: 201) {
            requests[$0]
        }
        var open = readers.count
        try whileReadable(readers.map(\.socket)) { index in
            let old = readers[index].byteCount - before[index]
            if index == 0 {
                try readers[0].read { _ in }
                if total == .max, readers[0].eventCount >= Self.eventCount {
                    total = readers[0].byteCount - before[0]
                    open = readers.indices.count { readers[$0].byteCount - before[$0] < total }
                }
            } else {
                try readers[index].drain(into: &buffer)
                if old < total, readers[index].byteCount - before[index] >= total { open -= 1 }
            }
            return open > 0
        }
        let time = (ContinuousClock.now - begin) / .seconds(1)
        _ = try await storing
        return Run(bytesPerReader: total, bytesPerSecond: Double(total * Self.subscriberCount) / time)
    }
}
