import Testing
import WorkflowEvents

@Suite("A durable sink with memory alone")
struct DurableSinkTests {
    let destination = LocalDestination()

    @Test("delivers every event once and in the order of emission")
    func ordered() async throws {
        let sink = try DurableSink(destination: destination, service: "test")
        try await withRunning(sink) {
            for event in numberedEvents(2500) { sink.emit(event) }
            await destination.waitForEvents(2500)
        }
        #expect(destination.events.map(\.durationMS) == Array(0..<2500))
        #expect(destination.batches.allSatisfy { $0.count <= 1000 })
        #expect(sink.status.deliveredEventCount == 2500)
        #expect(sink.status.queuedEventCount == 0)
    }

    @Test("delivers what is left when it is cancelled")
    func flushesOnCancellation() async throws {
        var settings = DurableSink.Settings()
        settings.maximumDelay = .seconds(60)
        let sink = try DurableSink(destination: destination, settings: settings, service: "test")
        try await withRunning(sink) {
            for event in numberedEvents(10) { sink.emit(event) }
        }
        #expect(destination.events.count == 10)
    }

    @Test("returns from record once the destination has stored the event")
    func records() async throws {
        var settings = DurableSink.Settings()
        settings.maximumDelay = .seconds(60)
        let sink = try DurableSink(destination: destination, settings: settings, service: "test")
        try await withRunning(sink) {
            try await sink.record(numberedEvents(1)[0])
            #expect(destination.events.count == 1)
        }
    }
}

/// Runs `sink` while `body` does, then ends it as a service would.
func withRunning(_ sink: DurableSink, _ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await sink.run() }
        try await body()
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// Events whose durations count up from `first`.
func numberedEvents(_ count: Int, from first: Int = 0) -> [WorkflowEvent] {
    (first..<first + count).map { number in
        WorkflowEvent(
            runID: "run-\(number % 7)", node: .lyrics, phase: .end, durationMS: number,
            metrics: ["lines_generated": 42, "score": 0.85], issues: ["short \"lyrics\"\n"], service: "test")
    }
}
