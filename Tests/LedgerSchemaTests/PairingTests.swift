import LedgerTestSupport
import LibPQ
import Testing

@Suite("Pairing of starts and ends") struct PairingTests {
    /// An execution as both sides of the comparison know it: what tells it apart from every other.
    private struct Execution: Hashable, Comparable {
        var run: String
        var node: String
        var start: Int64?
        var end: Int64?

        static func < (left: Execution, right: Execution) -> Bool {
            (left.start ?? left.end ?? 0) < (right.start ?? right.end ?? 0)
        }
    }

    private typealias Positioned = (position: Int64, event: TestEvent)

    @Test("The view pairs as a queue of open starts would", arguments: 1...3)
    func reference(seed: UInt64) async throws {
        var random = SplitMix(state: seed)
        let events = (0..<600).map { _ in Self.event(from: &random) }
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            for start in stride(from: 0, to: events.count, by: 40) {
                try await writer.store(Array(events[start..<start + 40]))
            }
            try await writer.sequence()
            let rows = try await writer.query("select run_id, node, start_position, end_position from executions")
            let found = try rows.map { row in
                let (run, node, start, end) = try row.decode(String.self, String.self, Int64?.self, Int64?.self)
                return Execution(run: run, node: node, start: start, end: end)
            }
            #expect(found.sorted() == Self.paired(events))

            let failures = try await writer.value("select sum(failures)::bigint from runs", as: Int64.self)
            #expect(failures == Int64(events.count { $0.phase == "fail" }))
            let counts = try await writer.value("select sum(event_count)::bigint from runs", as: Int64.self)
            #expect(counts == Int64(events.count))
        }
    }

    private static func event(from random: inout SplitMix) -> TestEvent {
        let hasExecution = Int.random(in: 0..<10, using: &random) < 4
        let digit = Int.random(in: 0...2, using: &random)
        return TestEvent(
            run: "run-\(Int.random(in: 0..<60, using: &random))", second: Int.random(in: 0..<20, using: &random),
            node: ["LYRICS", "STYLE"].randomElement(using: &random) ?? "",
            phase: ["start", "start", "end", "fail"].randomElement(using: &random) ?? "",
            execution: hasExecution ? "0190aaaa-0000-7000-8000-00000000000\(digit)" : nil)
    }

    /// DESIGN's words, in order: without an execution id by time, with one start first whatever the clock did.
    private static func paired(_ events: [TestEvent]) -> [Execution] {
        let positioned: [Positioned] = events.enumerated().map { (Int64($0 + 1), $1) }
        let groups = Dictionary(grouping: positioned) { [$0.event.run, $0.event.node, $0.event.execution ?? ""] }
        return groups.values.flatMap(pairs).sorted()
    }

    private static func pairs(_ group: [Positioned]) -> [Execution] {
        let ordered = group.sorted { left, right in
            if left.event.execution != nil, (left.event.phase == "start") != (right.event.phase == "start") {
                return left.event.phase == "start"
            }
            return (left.event.second, left.position) < (right.event.second, right.position)
        }
        var executions: [Execution] = []
        var open: [Int] = []
        for (position, event) in ordered {
            if event.phase == "start" {
                open.append(executions.count)
                executions.append(Execution(run: event.run, node: event.node, start: position, end: nil))
            } else if open.isEmpty {
                executions.append(Execution(run: event.run, node: event.node, start: nil, end: position))
            } else {
                executions[open.removeFirst()].end = position
            }
        }
        return executions
    }
}

/// A small generator with a seed, so that a failure can be repeated.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
