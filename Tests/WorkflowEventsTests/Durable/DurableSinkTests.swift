import Logging
import Metrics
import Testing
import WorkflowEvents

@Suite("A durable sink with memory alone")
struct DurableSinkTests {
    let destination = LocalDestination()

    func sink(_ change: (inout DurableSink.Settings) -> Void = { _ in }) throws -> DurableSink {
        var settings = DurableSink.Settings()
        change(&settings)
        return try DurableSink(destination: destination, settings: settings)
    }

    @Test("delivers every event once and in the order of emission")
    func ordered() async throws {
        let sink = try sink()
        try await withRunning(sink) {
            for event in numberedEvents(2500) { sink.emit(event) }
            await destination.waitForEvents(2500)
        }
        #expect(destination.events.map(\.durationMS) == Array(0..<2500))
        #expect(destination.batches.allSatisfy { $0.count <= 1000 })
        #expect(sink.status.deliveredEventCount == 2500)
        #expect(sink.status.queuedEventCount == 0)
    }

    @Test("keeps each emitter's order and loses nothing when many emit at once")
    func concurrent() async throws {
        let sink = try sink { $0.maximumBatchCount = 37 }
        try await withRunning(sink) {
            await withDiscardingTaskGroup { group in
                for emitter in 0..<8 {
                    group.addTask {
                        for event in numberedEvents(1000, from: emitter * 1000) { sink.emit(event) }
                    }
                }
            }
            await sink.flush()
        }
        let numbers = destination.events.map(\.durationMS)
        #expect(numbers.sorted() == Array(0..<8000))
        for emitter in 0..<8 {
            let own = numbers.filter { $0 / 1000 == emitter }
            #expect(own == own.sorted())
        }
    }

    @Test("delivers what is left when it is cancelled")
    func flushesOnCancellation() async throws {
        let sink = try sink { $0.maximumDelay = .seconds(60) }
        try await withRunning(sink) {
            for event in numberedEvents(10) { sink.emit(event) }
        }
        #expect(destination.events.count == 10)
    }

    @Test("delivers what is left even if it was cancelled before it began")
    func cancelledBefore() async throws {
        let sink = try sink()
        for event in numberedEvents(10) { sink.emit(event) }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await sink.run()
        }
        try await task.value
        #expect(destination.events.count == 10)
    }

    @Test("returns from record once the destination has stored the event")
    func records() async throws {
        let sink = try sink { $0.maximumDelay = .seconds(60) }
        try await withRunning(sink) {
            try await sink.record(numberedEvents(1)[0])
            #expect(destination.events.count == 1)
        }
    }

    @Test("tells the recorder why the destination refuses, and delivers the other events")
    func refuses() async throws {
        destination.refuse { $0.durationMS == 1 ? "the same identity has other content" : nil }
        let sink = try sink()
        try await withRunning(sink) {
            let events = numberedEvents(3)
            sink.emit(events[0])
            await #expect {
                try await sink.record(events[1])
            } throws: { error in
                let error = error as? RecordError
                return error?.code == .refused && error?.message == "the same identity has other content"
            }
            try await sink.record(events[2])
        }
        #expect(destination.events.map(\.durationMS) == [0, 2])
        #expect(sink.status.refusedEventCount == 1)
    }

    @Test("goes on delivering an event whose recorder was cancelled")
    func cancelledRecorder() async throws {
        destination.hold()
        let sink = try sink()
        try await withRunning(sink) {
            let recording = Task { try await sink.record(numberedEvents(1)[0]) }
            await destination.wait { $0.attemptCount == 1 }
            recording.cancel()
            await #expect(throws: CancellationError.self) { try await recording.value }
            destination.release()
            await destination.waitForEvents(1)
        }
    }

    @Test("tells recorders that it has shut down")
    func closedRecorder() async throws {
        destination.setAway(true)
        let sink = try sink { $0.flushDeadline = .milliseconds(1) }
        let recording = Task { try await sink.record(numberedEvents(1)[0]) }
        try await withRunning(sink) { await destination.wait { $0.attemptCount == 1 } }
        await #expect { try await recording.value } throws: { ($0 as? RecordError)?.code == .closed }
        await #expect { try await sink.record(numberedEvents(1)[0]) } throws: { ($0 as? RecordError)?.code == .closed }
    }

    @Test("sends a batch again until it is stored")
    func retries() async throws {
        destination.setAway(true)
        let sink = try sink()
        try await withRunning(sink) {
            for event in numberedEvents(3) { sink.emit(event) }
            await destination.wait { $0.attemptCount == 5 }
            destination.setAway(false)
            await destination.waitForEvents(3)
        }
        #expect(destination.events.map(\.durationMS) == [0, 1, 2])
    }

    @Test("drops what finds no room, and tells the ledger so")
    func drops() async throws {
        destination.setAway(true)
        let sink = try sink { $0.bufferBytes = 64 << 10 }
        try await withRunning(sink) {
            for event in numberedEvents(1000) { sink.emit(event) }
            let dropped = sink.status.droppedEventCount
            #expect(dropped > 500 && dropped < 1000)
            destination.setAway(false)
            await destination.wait { $0.batches.joined().contains { $0.node == "runledger.drop" } }
            let told = try #require(destination.events.first { $0.node == "runledger.drop" })
            #expect(told.metrics["dropped_events"] == dropped)
            #expect(destination.events.count == 1000 - dropped + 1)
        }
        #expect(sink.status.queuedBytes == 0)
    }

    @Test("does not wait for a destination that hangs longer than the deadline")
    func hangs() async throws {
        destination.hold()
        let sink = try sink { $0.flushDeadline = .milliseconds(10) }
        try await withRunning(sink) {
            sink.emit(numberedEvents(1)[0])
            await destination.wait { $0.attemptCount == 1 }
            await sink.flush()
            #expect(sink.status.queuedEventCount == 1)
        }
    }

    @Test("shuts down with the error of a destination whose background work fails")
    func destinationFails() async throws {
        let sink = try DurableSink(
            destination: FailingDestination(), service: "test", logger: .silent,
            metricsFactory: NOOPMetricsHandler.instance)
        await #expect(throws: DestinationError.self) { try await sink.run() }
        sink.emit(numberedEvents(1)[0])
        #expect(sink.status.droppedEventCount == 1)
    }

    @Test("refuses settings out of range, naming the setting")
    func settings() {
        #expect { try sink { $0.maximumBatchCount = 0 } } throws: { "\($0)".contains("maximumBatchCount is 0") }
        #expect { try sink { $0.bufferBytes = 1 } } throws: { "\($0)".contains("bufferBytes is 1") }
        #expect { try sink { $0.maximumDelay = .seconds(-1) } } throws: { "\($0)".contains("maximumDelay") }
        #expect { try sink { $0.mode = .spoolFirst } } throws: { ($0 as? DurableSinkError)?.code == .settings }
    }
}

/// A destination whose connections, say, cannot be made.
struct FailingDestination: BatchDestination {
    func deliver(_ events: [WorkflowEvent]) async throws(DestinationError) -> [RefusedEvent] { [] }
    func run() async throws { throw DestinationError("the password is wrong") }
}
