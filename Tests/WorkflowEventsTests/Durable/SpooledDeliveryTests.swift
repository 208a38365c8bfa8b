import Foundation
import Logging
import Metrics
import Testing
import WorkflowEvents

@Suite("A durable sink with a spool")
struct SpooledDeliveryTests {
    let destination = LocalDestination()

    func settings(_ path: String) -> DurableSink.Settings {
        var settings = DurableSink.Settings()
        settings.maximumBatchCount = 10
        settings.maximumDelay = .milliseconds(1)
        settings.spoolDirectory = path
        settings.spoolAfter = .zero
        // A busy machine may take its time to write; what is waited for is the end of it.
        settings.flushDeadline = .seconds(60)
        return settings
    }

    func sink(_ settings: DurableSink.Settings) throws -> DurableSink {
        try DurableSink(
            destination: destination, settings: settings, service: "test", logger: Logger(label: "test"),
            metricsFactory: NOOPMetricsHandler.instance,
            backoff: Backoff(minimum: .milliseconds(1), maximum: .milliseconds(5)), clock: .system)
    }

    @Test("keeps events on disk while the destination is away and replays them in order")
    func outage() async throws {
        try await withTemporaryDirectory { path in
            let sink = try sink(settings(path))
            destination.setAway(true)
            try await withRunning(sink) {
                for event in numberedEvents(95) { sink.emit(event) }
                await sink.flush()
                await destination.wait { $0.attemptCount > 3 }
                #expect(sink.status.queuedEventCount == 0)
                #expect(sink.status.spooledEventCount == 95)
                #expect(files(under: path).count == 10)
                destination.setAway(false)
                for event in numberedEvents(5, from: 95) { sink.emit(event) }
                await destination.waitForEvents(100)
            }
            #expect(destination.events.map(\.durationMS) == Array(0..<100))
            #expect(files(under: path) == [])
            #expect(sink.status.spoolBytes == 0)
        }
    }

    @Test("replays the very same events")
    func sameEvents() async throws {
        try await withTemporaryDirectory { path in
            let sink = try sink(settings(path))
            let events = numberedEvents(20)
            destination.setAway(true)
            try await withRunning(sink) {
                for event in events { sink.emit(event) }
                await sink.flush()
                destination.setAway(false)
                await destination.waitForEvents(20)
            }
            #expect(destination.events == events)
        }
    }

    @Test("leaves what it cannot deliver to the next process")
    func leavesToTheNext() async throws {
        try await withTemporaryDirectory { path in
            destination.setAway(true)
            let first = try sink(settings(path))
            try await withRunning(first) {
                for event in numberedEvents(25) { first.emit(event) }
            }
            #expect(first.status.queuedEventCount == 0)
            destination.setAway(false)
            let second = try sink(settings(path))
            try await withRunning(second) {
                for event in numberedEvents(5, from: 25) { second.emit(event) }
                await destination.waitForEvents(30)
            }
            #expect(destination.events.map(\.durationMS) == Array(0..<30))
            #expect(files(under: path) == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == ["refused", "torn"])
        }
    }

    @Test("has every event in a file before emit returns in spool-first mode")
    func spoolFirst() async throws {
        try await withTemporaryDirectory { path in
            var settings = settings(path)
            settings.mode = .spoolFirst
            let abandoned = try sink(settings)
            for event in numberedEvents(25) { abandoned.emit(event) }
            #expect(files(under: path).count == 3)
            let lines = try files(under: path).flatMap {
                try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8).split(separator: "\n")
            }
            #expect(lines.count == 25)
            try await withRunning(abandoned) { await destination.waitForEvents(25) }
            #expect(destination.events.map(\.durationMS) == Array(0..<25))
            #expect(files(under: path) == [])
        }
    }
}
