import Foundation
import Synchronization
import WorkflowEvents

/// Subscribers of everything while events are stored over HTTP, beside a bare loop that writes as many bytes, prebuilt,
/// to as many sockets.
struct FanOut: Sendable {
    let bench: Workbench
    let runledger: String
    let subscriberCount: Int
    let eventCount: Int
    /// The length of an issue that each event carries; with 0, events are as small as usual.
    let issueBytes: Int

    private static let eventsPerRequest = 500

    /// Bytes a second to all subscribers together, ours and the bare loop's, of each pair.
    struct Rates {
        var ours: [Double] = []
        var theirs: [Double] = []
        /// What a subscriber is sent of one event.
        var bytesPerEvent = 0.0

        var ratio: Double { zip(ours, theirs).map { $0 / $1 }.median }
    }

    func run(pairs: Int) async throws -> Rates {
        var rates = Rates()
        for pair in 0..<pairs {
            try await bench.settle()
            let run = try await ServiceProcess.withService(bench, runledger: runledger) { service in
                try await stream(pair, service)
            }
            rates.ours.append(run.bytesPerSecond)
            let bare = BareLoop(socketCount: subscriberCount)
            rates.theirs.append(try await bare.run(bytesPerSocket: run.bytesPerReader))
            rates.bytesPerEvent = Double(run.bytesPerReader) / Double(eventCount)
        }
        return rates
    }

    /// How many bytes each subscriber is sent, once that is known.
    private final class Total: Sendable {
        let byteCount = Atomic(Int.max)
    }

    private struct Run: Sendable {
        var bytesPerReader: Int
        var bytesPerSecond: Double
    }

    private func stream(_ pair: Int, _ service: ServiceProcess) async throws -> Run {
        var events = bench.events(eventCount, label: "fo\(issueBytes)-\(subscriberCount)-\(pair)")
        if issueBytes > 0 {
            let issue = String(repeating: "x", count: issueBytes)
            for index in events.indices { events[index].issues = [issue] }
        }
        let requests = stride(from: 0, to: events.count, by: Self.eventsPerRequest).map { start in
            HTTPLoad.request(events[start..<start + Self.eventsPerRequest])
        }
        let readers = try (0..<subscriberCount).map { _ in
            try StreamReader(port: service.port, receiveBufferBytes: BareLoop.receiveBufferBytes)
        }
        for reader in readers { try reader.catchUp() }
        let begin = ContinuousClock.now
        async let storing = HTTPLoad(port: service.port, connectionCount: 4).run(requests.count, expecting: 201) {
            requests[$0]
        }
        // What one reads is read frame by frame; the others, which are sent the same, take it away as the bare loop's do.
        let total = Total()
        let others = readers.dropFirst().map(\.socket)
        async let draining: Void = drain(others) { _ in
            total.byteCount.load(ordering: .relaxed)
        }
        let before = readers[0].byteCount
        try whileReadable([readers[0].socket]) { index in
            if index != nil { try readers[0].read { _ in } }
            return readers[0].eventCount < eventCount
        }
        let bytes = readers[0].byteCount - before
        total.byteCount.store(bytes, ordering: .relaxed)
        try await draining
        let time = (ContinuousClock.now - begin) / .seconds(1)
        _ = try await storing
        return Run(bytesPerReader: bytes, bytesPerSecond: Double(bytes * subscriberCount) / time)
    }
}
