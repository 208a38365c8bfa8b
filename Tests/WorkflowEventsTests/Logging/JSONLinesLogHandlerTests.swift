import Foundation
import Logging
import Synchronization
import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("JSONLinesLogHandler")
struct JSONLinesLogHandlerTests {
    /// What a handler wrote.
    private final class Lines: Sendable {
        private let written = Mutex<[String]>([])

        var all: [String] { written.withLock { $0 } }
        var output: LogOutput {
            LogOutput { line in self.written.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        }
    }

    private let lines = Lines()
    private let clock = ManualClock()

    private func logger(provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "lyrics") {
            JSONLinesLogHandler(label: $0, output: lines.output, metadataProvider: provider, clock: clock)
        }
    }

    private static let event = WorkflowEvent(
        ts: ManualClock().now, runID: "uuid", node: .lyrics, phase: .end, durationMS: 1234,
        metrics: ["lines_generated": 42], issues: ["Warning: short lyrics"], service: "meatymusic-api",
        traceID: "0af7651916cd43dd8448eb211c80319c", spanID: "b7ad6b7169203331")

    @Test("An event's record is the guide's, numbers as numbers")
    func guideRecord() {
        clock.advance(by: .seconds(1))
        LogSink(logger: logger()).emit(Self.event)
        let record =
            #"{"event":"workflow_event.LYRICS.end","timestamp":"2025-11-18T12:00:00.000000Z","run_id":"uuid","#
            + #""node":"LYRICS","phase":"end","duration_ms":1234,"metrics":{"lines_generated":42},"#
            + #""issues":["Warning: short lyrics"],"trace_id":"0af7651916cd43dd8448eb211c80319c","#
            + #""span_id":"b7ad6b7169203331","service":"meatymusic-api"}"#
        #expect(lines.all == [record + "\n"])
    }

    @Test("What an event does not know is not in its record; metrics are in the order of their names")
    func sparseRecord() {
        LogSink(logger: logger()).emit(
            WorkflowEvent(
                ts: clock.now, runID: "r", node: .plan, phase: .end, metrics: ["z": -1, "a": 0.5, "big": 1e300]))
        #expect(
            lines.all == [
                #"{"event":"workflow_event.PLAN.end","timestamp":"2025-11-18T12:00:00.000000Z","run_id":"r","#
                    + #""node":"PLAN","phase":"end","duration_ms":0,"metrics":{"a":0.5,"big":1e+300,"z":-1},"issues":[]}"#
                    + "\n"
            ])
    }

    @Test("Metadata that the event did not bring stand apart")
    func extraMetadata() {
        var logger = logger(provider: Logger.MetadataProvider { ["request": "r-1"] })
        logger[metadataKey: "event"] = "not the event"
        logger[metadataKey: "run_id"] = "not the run"
        LogSink(logger: logger).emit(.start(.plan, runID: "run-1", ts: clock.now))
        #expect(
            lines.all == [
                #"{"event":"workflow_event.PLAN.start","timestamp":"2025-11-18T12:00:00.000000Z","run_id":"run-1","#
                    + #""node":"PLAN","phase":"start","duration_ms":0,"metrics":{},"issues":[],"#
                    + #""metadata":{"event":"not the event","request":"r-1"}}"# + "\n"
            ])
    }

    @Test("Other records have level, logger and message, and their metadata as an object")
    func otherRecord() {
        let logger = logger()
        logger.notice("ready")
        logger.warning(
            "slow",
            metadata: [
                "attempts": .stringConvertible(3), "ratio": .stringConvertible(0.25),
                "nan": .stringConvertible(Double.nan), "cold": .stringConvertible(true), "text": "3",
                "nested": ["b": ["x", .stringConvertible(UInt8(1))], "a": [:]],
            ])
        #expect(
            lines.all == [
                #"{"timestamp":"2025-11-18T12:00:00.000000Z","level":"notice","logger":"lyrics","message":"ready"}"#
                    + "\n",
                #"{"timestamp":"2025-11-18T12:00:00.000000Z","level":"warning","logger":"lyrics","message":"slow","#
                    + #""metadata":{"attempts":3,"cold":true,"nan":"nan","nested":{"a":{},"b":["x",1]},"ratio":0.25,"#
                    + #""text":"3"}}"# + "\n",
            ])
    }

    @Test("An error is told in the metadata")
    func error() {
        struct Broken: Error, CustomStringConvertible { var description: String { "It broke." } }
        logger().error("failed", error: Broken(), metadata: ["attempt": "1"])
        #expect(lines.all.first?.contains(#""attempt":"1","error.message":"It broke.","error.type":""#) == true)
    }

    @Test("Text of any kind stays one line of valid JSON")
    func escaping() throws {
        let nasty = "quote \" backslash \\ feed \n return \r nul \u{0} bell \u{7} é 🎵 \u{2028}"
        logger().info("\(nasty)", metadata: ["\(nasty)": "\(nasty)"])
        let line = try #require(lines.all.first)
        #expect(line.filter(\.isNewline) == "\u{2028}\u{2028}\u{2028}\n")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["message"] as? String == nasty)
        #expect(object["metadata"] as? [String: String] == [nasty: nasty])
    }

    @Test("A provider overrides the handler's metadata, and a record overrides both")
    func precedence() {
        var logger = logger(provider: Logger.MetadataProvider { ["b": "provider", "c": "provider"] })
        logger[metadataKey: "a"] = "handler"
        logger[metadataKey: "b"] = "handler"
        logger.info("m", metadata: ["c": "record"])
        #expect(lines.all.first?.hasSuffix(#""metadata":{"a":"handler","b":"provider","c":"record"}}"# + "\n") == true)
    }

    @Test("Level and metadata are values: changing one logger changes no other")
    func valueSemantics() {
        var first = logger()
        first.logLevel = .debug
        first[metadataKey: "only"] = "first"
        var second = first
        second.logLevel = .error
        second[metadataKey: "only"] = "second"
        #expect(first.logLevel == .debug)
        #expect(second.logLevel == .error)
        #expect(first[metadataKey: "only"] == "first")
        #expect(second[metadataKey: "only"] == "second")
        second.info("not written")
        #expect(lines.all.isEmpty)
    }

    @Test("Lines written at once to one slow pipe never mix, however long", arguments: [false, true])
    func concurrentLines(nonBlocking: Bool) async throws {
        let pipe = Pipe()
        if nonBlocking {
            let flags = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_GETFL)
            #expect(fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFL, flags | O_NONBLOCK) == 0)
        }
        let (chunks, continuation) = AsyncStream<Data>.makeStream()
        Thread.detachNewThread {
            continuation.yield((try? pipe.fileHandleForReading.readToEnd()) ?? Data())
            continuation.finish()
        }
        let output = LogOutput.fileDescriptor(pipe.fileHandleForWriting.fileDescriptor)
        // Threads, not tasks: a write that waits for the reader must not hold a thread of the cooperative pool.
        let writers = DispatchQueue(label: "writers", attributes: .concurrent)
        let written = DispatchGroup()
        for writer in 0..<4 {
            writers.async(group: written) {
                let logger = Logger(label: "\(writer)") { JSONLinesLogHandler(label: $0, output: output) }
                for length in [10, 5000, 100_000, 1] { logger.info("\(String(repeating: "\(writer)", count: length))") }
            }
        }
        await withCheckedContinuation { done in written.notify(queue: writers) { done.resume() } }
        try pipe.fileHandleForWriting.close()

        var text = Data()
        for await chunk in chunks { text += chunk }
        let records = String(decoding: text, as: UTF8.self).split(separator: "\n")
        #expect(records.count == 16)
        for record in records {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(record.utf8)) as? [String: String])
            let label = try #require(object["logger"])
            #expect(object["message"]?.allSatisfy { String($0) == label } == true)
        }
    }
}
