import Foundation
import Synchronization
import WorkflowEvents
import WorkflowEventsPostgres

/// 500 subscribers of everything while events are stored, beside a bare loop that writes as many bytes, prebuilt, to as
/// many sockets.
///
/// Of small events most of the time goes into storing them; of large ones into sending them on.
struct FanOutMeasure {
    let bench: Workbench
    let runledger: String
    let pairs: Int

    private struct Load {
        var what: String
        var eventCount: Int
        /// The length of an issue that each event carries.
        var issueBytes: Int
        /// Of the bare loop; `nil` where most of the time is not spent sending.
        var goal: Double?
    }

    private static let subscriberCount = 500
    private static let eventsPerRequest = 500
    private static let small = Load(what: "20,000 events", eventCount: 20_000, issueBytes: 0, goal: nil)
    private static let large = Load(what: "2,000 events of 4 KB", eventCount: 2_000, issueBytes: 4_000, goal: 0.8)

    func run() async throws -> [ResultRow] {
        [try await row(Self.large), try await row(Self.small)]
    }

    private func row(_ load: Load) async throws -> ResultRow {
        var ours: [Double] = []
        var theirs: [Double] = []
        for pair in 0..<pairs {
            try await bench.settle()
            let run = try await ServiceProcess.withService(bench, runledger: runledger) { service in
                try await stream(load, pair, service)
            }
            ours.append(run.bytesPerSecond)
            theirs.append(try await BareLoop(socketCount: Self.subscriberCount).run(bytesPerSocket: run.bytesPerReader))
        }
        let ratio = zip(ours, theirs).map { $0 / $1 }.median
        return ResultRow(
            what: "fan-out of \(load.what) to 500 subscribers of everything, storing them included",
            figure: "\(grouped(ours.median / 1e6)) MB/s",
            ceiling: "\(grouped(theirs.median / 1e6)) MB/s, a bare loop over as many sockets", ratio: fixed(ratio),
            goal: load.goal.map { "at least \($0)" } ?? "–", isMet: load.goal.map { ratio >= $0 } ?? true)
    }

    /// How many bytes each subscriber is sent, once that is known.
    private final class Total: Sendable {
        let byteCount = Atomic(Int.max)
    }

    private struct Run: Sendable {
        var bytesPerReader: Int
        var bytesPerSecond: Double
    }

    private func stream(_ load: Load, _ pair: Int, _ service: ServiceProcess) async throws -> Run {
        var events = bench.events(load.eventCount, label: "fo\(load.issueBytes)-\(pair)")
        if load.issueBytes > 0 {
            let issue = String(repeating: "x", count: load.issueBytes)
            for index in events.indices { events[index].issues = [issue] }
        }
        let requests = stride(from: 0, to: events.count, by: Self.eventsPerRequest).map { start in
            HTTPLoad.request(events[start..<start + Self.eventsPerRequest])
        }
        let readers = try (0..<Self.subscriberCount).map { _ in
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
            return readers[0].eventCount < load.eventCount
        }
        let bytes = readers[0].byteCount - before
        total.byteCount.store(bytes, ordering: .relaxed)
        try await draining
        let time = (ContinuousClock.now - begin) / .seconds(1)
        _ = try await storing
        return Run(bytesPerReader: bytes, bytesPerSecond: Double(bytes * Self.subscriberCount) / time)
    }
}
