import Foundation
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
        try DurableSink(destination: destination, settings: settings)
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
                #expect(spooledEventCount(under: path) == 95)
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
            #expect(spooledEventCount(under: path) == 25)
            try await withRunning(abandoned) { await destination.waitForEvents(25) }
            #expect(destination.events.map(\.durationMS) == Array(0..<25))
            #expect(files(under: path) == [])
        }
    }

    @Test("writes what a hanging destination keeps waiting, the batch in flight too, and delivers it once")
    func hanging() async throws {
        try await withTemporaryDirectory { path in
            destination.hold()
            let sink = try sink(settings(path))
            try await withRunning(sink) {
                for event in numberedEvents(25) { sink.emit(event) }
                await sink.flush()
                #expect(sink.status.queuedEventCount == 0)
                #expect(spooledEventCount(under: path) == 25)
                destination.release()
                await destination.waitForEvents(25)
            }
            #expect(destination.events.map(\.durationMS) == Array(0..<25))
            #expect(files(under: path) == [])
        }
    }

    @Test("keeps recorders waiting through an outage and answers when the event is stored")
    func recordsThroughOutage() async throws {
        try await withTemporaryDirectory { path in
            destination.setAway(true)
            let sink = try sink(settings(path))
            try await withRunning(sink) {
                async let recorded: Void = sink.record(numberedEvents(1)[0])
                await destination.wait { $0.attemptCount > 3 }
                await sink.flush()
                #expect(sink.status.spooledEventCount == 1)
                destination.setAway(false)
                try await recorded
                #expect(destination.events.count == 1)
            }
        }
    }

    @Test("sets refused events aside with the reason, from memory and from files, and goes on")
    func refused() async throws {
        try await withTemporaryDirectory { path in
            destination.refuse { $0.durationMS % 10 == 3 ? "event \($0.durationMS) conflicts" : nil }
            destination.setAway(true)
            let sink = try sink(settings(path))
            // Before the sink runs, so that every batch is full.
            for event in numberedEvents(30) { sink.emit(event) }
            try await withRunning(sink) {
                await destination.wait { $0.attemptCount > 1 }
                await sink.flush()
                destination.setAway(false)
                await destination.waitForEvents(27)
            }
            #expect(sink.status.refusedEventCount == 3)
            let names = files(under: path)
            #expect(names.count == 6)
            let events = try names.filter { $0.hasSuffix(".ndjson") }.map { try lines("\(path)/\($0)") }
            #expect(events.map(\.count) == [1, 1, 1])
            #expect(events.map { $0[0].contains(#""duration_ms":3,"#) } == [true, false, false])
            let reasons = try names.filter { $0.hasSuffix(".jsonl") }.map { try lines("\(path)/\($0)") }
            #expect(reasons.joined().allSatisfy { $0.hasPrefix(#"{"index":3,"id":""#) })
            #expect(reasons.joined().map { $0.hasSuffix(#""reason":"event 13 conflicts"}"#) } == [false, true, false])
        }
    }

    @Test("sets a damaged file aside and delivers the others")
    func torn() async throws {
        try await withTemporaryDirectory { path in
            destination.setAway(true)
            let first = try sink(settings(path))
            // Before the sink runs, so that every batch is full.
            for event in numberedEvents(30) { first.emit(event) }
            try await withRunning(first) {}
            let damaged = URL(filePath: "\(path)/\(files(under: path)[1])")
            var content = try Data(contentsOf: damaged)
            content[100] ^= 1
            try content.write(to: damaged)
            destination.setAway(false)
            let second = try sink(settings(path))
            try await withRunning(second) { await destination.waitForEvents(20) }
            #expect(destination.events.map(\.durationMS) == Array(0..<10) + Array(20..<30))
            #expect(second.status.tornFileCount == 1)
            #expect(files(under: path).count == 1)
            #expect(files(under: path)[0].hasPrefix("torn/"))
        }
    }

    @Test("stays within the limit of the spool, drops when memory is full too, and tells the drops")
    func full() async throws {
        try await withTemporaryDirectory { path in
            var settings = settings(path)
            settings.maximumBatchCount = 1000
            settings.spoolBytes = 1 << 20
            settings.bufferBytes = 1 << 20
            destination.setAway(true)
            let sink = try sink(settings)
            try await withRunning(sink) {
                for event in numberedEvents(10_000) { sink.emit(event) }
                await destination.wait { $0.attemptCount > 1 }
                for event in numberedEvents(10_000, from: 10_000) { sink.emit(event) }
                await destination.wait { $0.attemptCount > 10 }
                let status = sink.status
                #expect(status.droppedEventCount > 0)
                #expect(status.spoolBytes <= 1 << 20)
                #expect(status.queuedBytes <= 1 << 20)
                destination.setAway(false)
                await destination.wait { $0.batches.joined().contains { $0.node == "runledger.drop" } }
            }
            let told = destination.events.filter { $0.node == "runledger.drop" }
            #expect(told.compactMap { $0.metrics["dropped_events"] }.reduce(0, +) == sink.status.droppedEventCount)
            #expect(destination.events.count - told.count + sink.status.droppedEventCount == 20_000)
            #expect(files(under: path) == [])
        }
    }

    @Test("leaves nothing behind when all went well", arguments: [DurableSink.Settings.Mode.memoryFirst, .spoolFirst])
    func cleansUp(mode: DurableSink.Settings.Mode) async throws {
        try await withTemporaryDirectory { path in
            var settings = settings(path)
            settings.mode = mode
            let sink = try sink(settings)
            try await withRunning(sink) {
                for event in numberedEvents(500) { sink.emit(event) }
            }
            #expect(destination.events.map(\.durationMS) == Array(0..<500))
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == ["refused", "torn"])
            #expect(sink.status.spoolBytes == 0)
        }
    }

    private func lines(_ path: String) throws -> [Substring] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }
}
