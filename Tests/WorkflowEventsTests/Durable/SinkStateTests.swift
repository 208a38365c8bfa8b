import Testing
import WorkflowEvents

@Suite("What a durable sink decides")
struct SinkStateTests {
    let clock = SteppedClock()
    var settings = DurableSink.Settings()

    init() {
        settings.maximumBatchCount = 10
        settings.maximumDelay = .milliseconds(50)
        settings.spoolAfter = .seconds(2)
    }

    func state(spool: Bool = false) -> SinkState {
        var state = SinkState(
            settings: settings, service: "test",
            spool: spool ? SpoolIndex(owner: "own", maximumBytes: settings.spoolBytes) : nil,
            backoff: Backoff(random: SeededGenerator(seed: 1)), clock: clock.sinkClock)
        if spool {
            #expect(state.nextSpooling().isAdopt)
            state.adopted([])
        }
        return state
    }

    @Test("A batch goes when its oldest event has waited long enough")
    func delay() {
        var state = state()
        #expect(state.nextDelivery().waitsForever)
        #expect(state.emit(2) == [.deliverer])
        guard case .wait(let due?) = state.nextDelivery() else { Issue.record("no wait"); return }
        #expect(due == clock.now + .milliseconds(50))
        clock.advance(by: .milliseconds(50))
        #expect(state.nextDelivery().delivered == [0, 1])
    }

    @Test("A full batch goes at once, and only the event that fills it wakes the deliverer")
    func fullBatch() {
        var state = state()
        _ = state.nextDelivery()
        #expect(state.emit(1) == [.deliverer])
        _ = state.nextDelivery()
        #expect(state.emit(8, from: 1) == [])
        #expect(state.emit(1, from: 9) == [.deliverer])
        #expect(state.emit(1, from: 10) == [])
        #expect(state.nextDelivery().delivered == Array(0..<10))
    }

    @Test("A batch is full when another event would take it over its bytes")
    func fullByBytes() {
        var settings = settings
        settings.maximumBatchBytes = numberedEvents(1)[0].estimatedBytes * 2
        var state = SinkState(settings: settings, service: "test", clock: clock.sinkClock)
        state.emit(5)
        #expect(state.nextDelivery().delivered == [0, 1])
    }

    @Test("An event that someone waits for does not wait for others")
    func urgent() throws {
        var state = state()
        _ = state.nextDelivery()
        _ = try state.record(numberedEvents(1)[0], bytes: 100, receipt: Receipt())
        #expect(state.nextDelivery().delivered == [0])
        _ = state.delivered(refused: [])
        state.emit(1, from: 1)
        #expect(!state.nextDelivery().isDeliver)
        state.flush(Receipt())
        #expect(state.nextDelivery().delivered == [1])
    }

    @Test("A batch that failed is sent again unchanged, after a delay that grows to ten seconds")
    func retry() {
        var state = state()
        state.emit(10)
        #expect(state.nextDelivery().delivered == Array(0..<10))
        var delays: [Duration] = []
        for _ in 0..<12 {
            state.deliveryFailed()
            state.emit(1, from: 10)
            guard case .wait(let retryAt?) = state.nextDelivery() else { Issue.record("no wait"); return }
            delays.append(retryAt - clock.now)
            clock.advance(by: retryAt - clock.now)
            #expect(state.nextDelivery().delivered == Array(0..<10))
        }
        #expect(delays.allSatisfy { $0 >= .milliseconds(100) && $0 <= .seconds(10) })
        #expect(delays[0] <= .milliseconds(200))
        #expect(delays.contains { $0 > .seconds(2) })
    }

    @Test("With the destination away, what is old enough goes to disk, the batch in flight first")
    func spools() {
        var state = state(spool: true)
        state.emit(25)
        _ = state.nextDelivery()
        state.deliveryFailed()
        #expect(state.nextSpooling().waitUntil == clock.now + .seconds(2))
        clock.advance(by: .seconds(2))
        #expect(state.nextSpooling().stored == [Array(0..<10), Array(10..<20), Array(20..<25)])
        #expect(state.buffer.count == 25)
        #expect(state.stored(in: [file(1, 10), file(11, 10), file(21, 5)]) == nil)
        #expect(state.buffer.count == 0)
        #expect(state.buffer.bytes == 0)
        #expect(state.firstInMemory == nil)
        #expect(state.spool?.bytes == 2500)
        #expect(state.nextDelivery().delivered == Array(0..<10))
        #expect(state.delivered(refused: []) == file(1, 10))
        #expect(state.nextDelivery().loaded == file(11, 10))
    }

    @Test("A batch that is delivered while it is being written leaves a file to remove")
    func deliveredWhileStored() {
        var state = state(spool: true)
        state.emit(12)
        _ = state.nextDelivery()
        clock.advance(by: .seconds(2))
        #expect(state.nextSpooling().stored?.count == 2)
        #expect(state.delivered(refused: []) == nil)
        #expect(state.nextDelivery().waitsForever)
        #expect(state.stored(in: [file(1, 10), file(11, 2)]) == file(1, 10))
        #expect(state.spool?.bytes == 200)
        #expect(state.buffer.count == 0)
        #expect(state.nextDelivery().loaded == file(11, 2))
    }

    @Test("What could not be written stays in memory, in order, and is tried again a second later")
    func storeFails() {
        var state = state(spool: true)
        state.emit(35)
        _ = state.nextDelivery()
        clock.advance(by: .seconds(2))
        #expect(state.nextSpooling().stored?.count == 4)
        _ = state.stored(in: [file(1, 10), file(11, 10)])
        #expect(state.buffer.count == 15)
        #expect(state.nextSpooling().waitUntil == clock.now + .seconds(1))
        clock.advance(by: .seconds(1))
        #expect(state.nextSpooling().stored == [Array(20..<30), Array(30..<35)])
    }

    @Test("A batch goes to disk although it is young when memory is half full")
    func crowded() {
        var settings = settings
        settings.bufferBytes = numberedEvents(1)[0].estimatedBytes * 40
        var state = SinkState(
            settings: settings, service: "test", spool: SpoolIndex(owner: "own", maximumBytes: 1 << 20),
            clock: clock.sinkClock)
        state.adopted([])
        _ = state.emit(20)
        _ = state.nextDelivery()
        #expect(!state.nextSpooling().isStore)
        #expect(state.emit(1, from: 20) == [.spooler])
        #expect(state.nextSpooling().stored == [Array(10..<20)])
        _ = state.stored(in: [file(11, 10)])
        #expect(!state.nextSpooling().isStore)
        #expect(state.buffer.count == 11)
    }

    @Test("Nothing is written beyond the limit of the spool; a delivered file makes room")
    func spoolFull() {
        var settings = settings
        settings.spoolBytes = 1 << 20
        settings.maximumBatchCount = 1000
        var state = SinkState(
            settings: settings, service: "test",
            spool: SpoolIndex(owner: "own", maximumBytes: numberedEvents(1)[0].estimatedBytes * 1500),
            clock: clock.sinkClock)
        state.adopted([])
        state.emit(2500)
        _ = state.nextDelivery()
        state.deliveryFailed()
        clock.advance(by: .seconds(20))
        #expect(state.nextSpooling().stored?.map(\.count) == [1000])
        let bytes = numberedEvents(1)[0].estimatedBytes * 1000
        _ = state.stored(in: [file(1, 1000, bytes: bytes)])
        #expect(!state.nextSpooling().isStore)
        _ = state.takeWakes()
        _ = state.nextDelivery()
        #expect(state.delivered(refused: []) != nil)
        #expect(state.takeWakes().contains(.spooler))
        #expect(state.nextSpooling().stored?.map(\.count) == [1000, 500])
    }

    @Test("Files of processes that are gone go before own events, and nothing goes before they are looked for")
    func adoption() {
        var state = SinkState(
            settings: settings, service: "test", spool: SpoolIndex(owner: "own", maximumBytes: 1 << 20),
            clock: clock.sinkClock)
        state.emit(10)
        #expect(state.nextDelivery().waitsForever)
        #expect(state.nextSpooling().isAdopt)
        let left = [SpoolFile(owner: "gone", sequence: 7, seal: nil, bytes: 300)]
        state.adopted(left)
        #expect(state.takeWakes().contains(.deliverer))
        #expect(state.nextDelivery().loaded == left[0])
        var content = SpooledEvents()
        content.events = numberedEvents(2, from: 100)
        state.loaded(content)
        #expect(state.nextDelivery().delivered == [100, 101])
        #expect(state.delivered(refused: []) == left[0])
        #expect(state.nextDelivery().delivered == Array(0..<10))
    }

    @Test("A file that cannot be read at present is the next again after a second, and nothing goes before it")
    func unavailable() {
        var state = SinkState(
            settings: settings, service: "test", spool: SpoolIndex(owner: "own", maximumBytes: 1 << 20),
            clock: clock.sinkClock)
        state.emit(10)
        #expect(state.nextSpooling().isAdopt)
        let left = (1...2).map { SpoolFile(owner: "gone", sequence: $0, seal: nil, bytes: 300) }
        state.adopted(left)
        for count in 1...2 {
            #expect(state.nextDelivery().loaded == left[0])
            state.unavailable()
            #expect(state.readFailureCount == count)
            guard case .wait(let due?) = state.nextDelivery() else { Issue.record("no wait"); return }
            #expect(due == clock.now + .seconds(1))
            clock.advance(by: .seconds(1))
        }
        #expect(state.nextDelivery().loaded == left[0])
        var content = SpooledEvents()
        content.events = numberedEvents(1)
        state.loaded(content)
        #expect(state.readFailureCount == 0)
        #expect(state.nextDelivery().delivered == [0])
        #expect(state.delivered(refused: []) == left[0])
        #expect(state.nextDelivery().loaded == left[1])
    }

    @Test("A full buffer drops, and the drops are told before any later event once there is room")
    func drops() {
        var settings = settings
        let bytes = numberedEvents(1)[0].estimatedBytes
        settings.bufferBytes = bytes * 20
        var state = SinkState(settings: settings, service: "test", clock: clock.sinkClock)
        _ = state.nextSpooling()
        _ = state.emit(20)
        #expect(state.emit(3, from: 20) == [.spooler])
        #expect(state.nextSpooling().reportedDrops == 3)
        #expect(state.drops.events == 3)
        #expect(state.nextDelivery().delivered == Array(0..<10))
        _ = state.delivered(refused: [])
        #expect(state.drops.events == 0)
        _ = state.emit(2, from: 23)
        _ = state.nextDelivery()
        _ = state.delivered(refused: [])
        clock.advance(by: .seconds(1))
        guard case .deliver(let events) = state.nextDelivery() else { Issue.record("nothing to deliver"); return }
        #expect(events.map(\.node) == ["runledger.drop", .lyrics, .lyrics])
        #expect(events[0].runID == "runledger:test")
        #expect(events[0].phase == .fail)
        #expect(events[0].metrics == ["dropped_events": 3, "dropped_bytes": MetricValue(bytes * 3)])
        #expect(events[0].issues.count == 1)
        #expect(events[0].violations() == [])
        #expect(state.drops.total == 3)
    }

    @Test("Further drops are reported at most every ten seconds")
    func dropReports() {
        var settings = settings
        settings.bufferBytes = 1
        var state = SinkState(settings: settings, service: "test", clock: clock.sinkClock)
        _ = state.nextSpooling()
        state.emit(1)
        #expect(state.nextSpooling().reportedDrops == 1)
        state.emit(5)
        #expect(state.nextSpooling().waitUntil == clock.now + .seconds(10))
        clock.advance(by: .seconds(10))
        #expect(state.nextSpooling().reportedDrops == 5)
    }

    @Test("Those who record hear of their own event")
    func receipts() async throws {
        var state = state()
        let receipts = (0..<3).map { _ in Receipt() }
        for (receipt, event) in zip(receipts, numberedEvents(3)) {
            _ = try state.record(event, bytes: 100, receipt: receipt)
        }
        #expect(state.nextDelivery().delivered == [0, 1, 2])
        _ = state.delivered(refused: [RefusedEvent(index: 1, reason: "conflicts with a stored event")])
        try await receipts[0].value()
        await #expect { try await receipts[1].value() } throws: { error in
            let error = error as? RecordError
            return error?.code == .refused && error?.message == "conflicts with a stored event"
        }
        try await receipts[2].value()
        #expect(state.refusedCount == 1)
        #expect(state.deliveredCount == 2)
    }

    @Test("A full buffer or a closed sink refuses to record, and nothing counts as dropped")
    func recordWithoutRoom() {
        var settings = settings
        settings.bufferBytes = 1
        var state = SinkState(settings: settings, service: "test", clock: clock.sinkClock)
        #expect { try state.record(numberedEvents(1)[0], bytes: 2, receipt: Receipt()) } throws: {
            ($0 as? RecordError)?.code == .unavailable
        }
        _ = state.finish()
        #expect { try state.record(numberedEvents(1)[0], bytes: 1, receipt: Receipt()) } throws: {
            ($0 as? RecordError)?.code == .closed
        }
        #expect(state.drops.total == 0)
    }

    @Test("On close the destination gets until the deadline, then the rest goes to disk")
    func closing() {
        var state = state(spool: true)
        state.emit(25)
        _ = state.nextDelivery()
        #expect(!state.nextSpooling().isStore)
        state.close()
        #expect(state.nextSpooling().waitUntil == clock.now + .seconds(2))
        _ = state.delivered(refused: [])
        #expect(state.nextDelivery().delivered == Array(10..<20))
        clock.advance(by: .seconds(5))
        #expect(state.nextSpooling().stored == [Array(10..<20), Array(20..<25)])
        _ = state.stored(in: [file(11, 10), file(21, 5)])
        #expect(state.nextSpooling().isFinish)
        #expect(state.finish() == 0)
        #expect(state.emit(1) == [.lateDrop])
        #expect(state.emit(1) == [])
    }

    @Test("On close with the destination known to be away, nothing waits for the deadline")
    func closingWhileAway() {
        var state = state(spool: true)
        state.emit(5)
        clock.advance(by: .milliseconds(50))
        _ = state.nextDelivery()
        state.deliveryFailed()
        state.close()
        #expect(state.nextDelivery().isDeliver)
        #expect(state.nextSpooling().stored == [Array(0..<5)])
        _ = state.stored(in: [file(1, 5)])
        #expect(state.nextSpooling().isFinish)
    }

    @Test("What can be neither delivered nor spooled by the deadline is counted as lost")
    func lost() {
        var state = state()
        state.emit(15)
        _ = state.nextDelivery()
        state.close()
        #expect(state.nextSpooling().waitUntil == clock.now + .seconds(5))
        clock.advance(by: .seconds(5))
        #expect(state.nextSpooling().isFinish)
        #expect(state.finish() == 15)
    }
}
