import Testing
import WorkflowEvents

/// Drives the state machine of a sink at random, with a destination and a disk that fail at random, and checks at every
/// step that the books balance.
struct SinkSimulation {
    private var random: SeededGenerator
    private let clock = SteppedClock()
    private var state: SinkState

    private var emittedCount = 0
    private var adoptedCount = 0
    private var receipts: [Receipt] = []
    /// What the destination has stored, in order.
    private var ledger: [WorkflowEvent] = []
    private var disk: [SpoolFile: [WorkflowEvent]] = [:]
    /// What the deliverer and the spooler have begun.
    private var sending: [WorkflowEvent]?
    private var storing: [EventBatch]?

    /// Adopted events count up from here.
    private static let firstAdopted = 1_000_000

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var settings = DurableSink.Settings()
        let bytes = numberedEvents(1)[0].estimatedBytes
        settings.maximumBatchCount = .random(in: 1...20, using: &random)
        settings.maximumDelay = .milliseconds(.random(in: 0...50, using: &random))
        settings.spoolAfter = .milliseconds(.random(in: 0...500, using: &random))
        settings.bufferBytes = bytes * .random(in: 20...200, using: &random)
        let spoolBytes = bytes * .random(in: 20...400, using: &random)
        state = SinkState(
            settings: settings, service: "test",
            spool: Bool.random(using: &random) ? SpoolIndex(owner: "own", maximumBytes: spoolBytes) : nil,
            backoff: Backoff(random: SeededGenerator(seed: seed)), clock: clock.sinkClock)
    }

    /// Takes `count` random steps, then lets everything work again until nothing is left.
    mutating func run(steps count: Int) async {
        for number in 0..<count {
            // Other suites run on the same few threads.
            if number % 100 == 0 { await Task.yield() }
            step()
            check()
        }
        state.close()
        while state.firstInMemory != nil || state.flight != nil || state.spool?.files.isEmpty == false {
            clock.advance(by: .milliseconds(20))
            deliver(failing: 0)
            spool(failing: 0)
            check()
        }
    }

    /// Expects that every event was delivered once and in order, or dropped and told.
    mutating func expectNothingLost() async throws {
        let drops = ledger.filter { $0.node == DropCount.node }
        let own = ledger.filter { $0.node == .lyrics && $0.durationMS < Self.firstAdopted }.map(\.durationMS)
        let adopted = ledger.filter { $0.durationMS >= Self.firstAdopted }.map(\.durationMS)
        #expect(own.count + state.drops.total == emittedCount)
        #expect(zip(own, own.dropFirst()).allSatisfy { $0 < $1 })
        #expect(Set(adopted) == Set(Self.firstAdopted..<Self.firstAdopted + adoptedCount))
        #expect(adopted.count == adoptedCount)
        #expect(drops.compactMap { $0.metrics["dropped_events"] }.reduce(0, +) == state.drops.total)
        #expect(disk.isEmpty)
        #expect(state.spool?.bytes ?? 0 == 0)
        #expect(state.buffer.bytes == 0)
        #expect(state.finish() == 0)
        for receipt in receipts { try await receipt.value() }
    }

    private mutating func step() {
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2: emit(.random(in: 1...15, using: &random))
        case 3, 4: deliver(failing: 2)
        case 5, 6: spool(failing: 2)
        default: clock.advance(by: .milliseconds(.random(in: 0...200, using: &random)))
        }
    }

    private mutating func emit(_ count: Int) {
        for event in numberedEvents(count, from: emittedCount) {
            let receipt = Receipt()
            if Int.random(in: 0..<20, using: &random) > 0 {
                state.emit(event, bytes: event.estimatedBytes)
                emittedCount += 1
            } else if (try? state.record(event, bytes: event.estimatedBytes, receipt: receipt)) != nil {
                receipts.append(receipt)
                emittedCount += 1
            } else {
                break
            }
        }
    }

    /// Begins what the deliverer is to do, or ends what it has begun.
    private mutating func deliver(failing: Int) {
        if let events = sending.take() {
            if Int.random(in: 0..<4, using: &random) < failing {
                state.deliveryFailed()
            } else {
                ledger += events
                if let file = state.delivered(refused: []) { disk[file] = nil }
            }
            return
        }
        switch state.nextDelivery() {
        case .load(let file):
            var content = SpooledEvents()
            content.events = disk[file] ?? []
            #expect(!content.events.isEmpty)
            state.loaded(content)
        case .deliver(let events): sending = events
        case .wait: break
        }
    }

    /// Begins what the spooler is to do, or ends what it has begun.
    private mutating func spool(failing: Int) {
        if let batches = storing.take() {
            let isFailing = Int.random(in: 0..<4, using: &random) < failing
            let count = isFailing ? Int.random(in: 0..<batches.count, using: &random) : batches.count
            let files = batches.prefix(count).map { file($0.sequence, $0.events.count, bytes: $0.bytes) }
            for (file, batch) in zip(files, batches) { disk[file] = batch.events }
            if let file = state.stored(in: files) { disk[file] = nil }
            return
        }
        switch state.nextSpooling() {
        case .adopt: adopt()
        case .store(let batches): storing = batches
        default: break
        }
    }

    private mutating func adopt() {
        let files = (0..<Int.random(in: 0...2, using: &random)).map { _ in
            let first = Self.firstAdopted + adoptedCount
            adoptedCount += 3
            let file = SpoolFile(owner: "gone", sequence: UInt64(first), seal: nil, bytes: 600)
            disk[file] = numberedEvents(3, from: first)
            return file
        }
        state.adopted(files)
    }

    private func check() {
        #expect(state.buffer.bytes >= 0)
        #expect(state.buffer.bytes <= state.buffer.maximumBytes)
        guard let spool = state.spool else { return }
        #expect(spool.bytes == disk.keys.reduce(0) { $0 + $1.bytes })
        #expect(disk.keys.filter { $0.owner == "own" }.reduce(0) { $0 + $1.bytes } <= spool.maximumBytes)
    }
}

@Suite("What a durable sink decides, at random")
struct SinkSimulationTests {
    @Test("Nothing is lost, doubled or out of order, and the books balance", arguments: 1...30)
    func simulate(seed: UInt64) async throws {
        var simulation = SinkSimulation(seed: seed)
        await simulation.run(steps: 2000)
        try await simulation.expectNothingLost()
    }
}
