import EventLedger
import LedgerService
import NIOCore
import WorkflowEvents
import WorkflowEventsPostgres

/// Making the frames of stored events, once for all subscribers, and handing them to each.
struct FrameCosts {
    private let events: [StoredEvent]
    private static let eventCount = 100
    private static let subscriberCount = 500

    /// Of events that `bench` has stored.
    init(_ bench: Workbench) async throws {
        _ = try await bench.write([bench.events(Self.eventCount, label: "frames")], batchCount: Self.eventCount)
        events = try await bench.withPool { pool in
            try await Ledger(pool: pool).history(
                EventFilter(), after: 0, through: Int64(Self.eventCount), limit: Self.eventCount,
                maximumBytes: 1 << 20
            ).events
        }
        guard events.count == Self.eventCount else { throw BenchError("\(events.count) events to make frames of") }
    }

    func costs() -> [MicroCost] {
        let everything = StreamFilter(EventFilter())
        let block = makeBlock()
        let frames = bytes(of: block, everything)
        let copy = MemoryCopy(Array(frames.readableBytesView))
        let bare = handing { $0.append(frames) }
        return [
            MicroCost(
                what: "making an event's frame", bytes: Double(frames.readableBytes) / Double(Self.eventCount),
                group: Self.eventCount,
                operation: { count in
                    for _ in 0..<count / Self.eventCount { blackHole(bytes(of: makeBlock(), everything)) }
                },
                comparison: ("`memcpy` of its bytes", { copy.run($0 / Self.eventCount) })),
            MicroCost(
                what: "handing 100 frames to one of 500 queues", group: Self.subscriberCount,
                operation: handing { queue in read(block, everything) { queue.append($0) } },
                comparison: ("a bare loop", bare)),
            MicroCost(
                what: "the same with a filter on one of 6 runs", group: Self.subscriberCount,
                operation: {
                    let one = StreamFilter(EventFilter(runIDs: [events[0].event.runID]))
                    return handing { queue in read(block, one) { queue.append($0) } }
                }(),
                comparison: ("a bare loop", bare)),
        ]
    }

    private func makeBlock() -> FrameBlock {
        FrameBlock(events, after: 0, through: Int64(Self.eventCount))
    }

    private func read(_ block: FrameBlock, _ filter: StreamFilter, _ write: (ByteBuffer) -> Void) {
        _ = block.read(after: 0, through: Int64(Self.eventCount), filter, as: .webSocket, write)
    }

    private func bytes(of block: FrameBlock, _ filter: StreamFilter) -> ByteBuffer {
        var bytes = ByteBuffer()
        read(block, filter) { bytes = $0 }
        return bytes
    }

    /// Calls `hand` for each of the subscribers' queues, again and again, and empties them after every round.
    private func handing(_ hand: @escaping (inout [ByteBuffer]) -> Void) -> MicroCost.Operation {
        { count in
            var queues = [[ByteBuffer]](repeating: [], count: Self.subscriberCount)
            for _ in 0..<count / Self.subscriberCount {
                for index in queues.indices { hand(&queues[index]) }
                for index in queues.indices { queues[index].removeAll(keepingCapacity: true) }
            }
            blackHole(queues)
        }
    }
}
