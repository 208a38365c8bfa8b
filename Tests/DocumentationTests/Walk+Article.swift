import Foundation
import Logging
import Synchronization
import Testing
import WorkflowEventsTesting

@testable import WorkflowEvents

extension Walk {
    /// The article that tells the guide in Swift.
    mutating func article() throws {
        while !isAtEnd {
            switch nextName {
            case "event-json": try event(try next("json").text)
            case "log-record": try logRecord(try next("json").text)
            default: try nextSnippet()
            }
        }
    }

    /// The event that the article shows is Event JSON.
    private func event(_ text: String) throws {
        var text = text
        let event = try text.withUTF8 { try EventJSONReader().read(UnsafeRawBufferPointer($0)).event }
        #expect(event.ts == ManualClock().now)
        #expect(event.node == .lyrics)
        #expect(event.phase == .end)
        #expect(event.durationMS == 1234)
        #expect(event.metrics == ["lines_generated": 42, "citations": 5, "custom_metric": 3.14])
        #expect(event.issues == ["Warning: short lyrics", "Info: using fallback source"])
    }

    /// The log record that the article shows is the one that comes out, keys in that order.
    private func logRecord(_ text: String) throws {
        let lines = Mutex<[String]>([])
        let output = LogOutput { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        LogSink(logger: .init(label: "lyrics-api") { JSONLinesLogHandler(label: $0, output: output) }).emit(
            WorkflowEvent(
                ts: ManualClock().now, runID: "0197e7a0-5b1e-7c4e-9d5f-1234567890ab", node: .lyrics, phase: .end,
                durationMS: 1234, metrics: ["lines_generated": 42], issues: ["Warning: short lyrics"],
                service: "lyrics-api", traceID: "0af7651916cd43dd8448eb211c80319c", spanID: "b7ad6b7169203331"))
        let record = try #require(lines.withLock { $0 }.first)
        let shown = text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
            .replacing("\": ", with: "\":").replacing(",\"", with: ",\"")
        #expect(record == shown + "\n")
    }
}
