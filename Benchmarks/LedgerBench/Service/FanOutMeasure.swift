import Foundation
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
    }

    private static let subscriberCount = 500
    private static let eventsPerRequest = 500
    private static let small = Load(what: "20,000 events", eventCount: 20_000, issueBytes: 0)
    private static let large = Load(what: "2,000 events of 4 KB", eventCount: 2_000, issueBytes: 4_000)

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
            goal: "at least 0.8", isMet: ratio >= 0.8)
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
                if total == .max, readers[0].eventCount >= load.eventCount {
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
