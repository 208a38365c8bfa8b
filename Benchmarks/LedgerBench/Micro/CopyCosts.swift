import WorkflowEvents
import WorkflowEventsPostgres

/// Encoding rows for binary COPY, beside copying as many bytes from one place in memory to another.
struct CopyCosts {
    private let events: [WorkflowEvent]
    private static let rowCount = 1_000

    init(_ bench: Workbench) {
        events = bench.events(Self.rowCount, label: "copy")
    }

    func cost() -> MicroCost {
        let batch = EventBatch(events: events)
        let bytes = EventCopy.encode([batch], batchIDs: [1])
        return MicroCost(
            what: "encoding a row for `COPY`", bytes: Double(bytes.count) / Double(Self.rowCount), group: Self.rowCount,
            operation: { count in
                for _ in 0..<count / Self.rowCount { blackHole(EventCopy.encode([batch], batchIDs: [1])) }
            },
            comparison: ("`memcpy` of its bytes", { MemoryCopy(bytes).run($0 / Self.rowCount) }))
    }
}

/// Copies bytes from one place in memory to another: the least that making them takes.
struct MemoryCopy {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func run(_ count: Int) {
        var target = [UInt8](repeating: 0, count: bytes.count)
        for _ in 0..<count {
            target.withUnsafeMutableBytes { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
            blackHole(target)
        }
    }
}
