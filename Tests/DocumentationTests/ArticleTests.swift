import Foundation
import Logging
import Synchronization
import Testing
import WorkflowEventsTesting

@testable import WorkflowEvents

@Suite("The guide's article")
struct ArticleTests {
    private let article: Article
    private let snippets: [String: String]

    init() throws {
        article = try Article()
        snippets = try SnippetSource.all()
    }

    @Test("Every Swift block of the article is a snippet that is compiled and run here, word for word")
    func blocks() {
        let blocks = article.blocks.filter { $0.language == "swift" }
        for block in blocks {
            #expect(block.name != nil, "This block has no snippet: \(block.text)")
            #expect(block.text == block.name.flatMap { snippets[$0] })
        }
        #expect(blocks.compactMap(\.name).sorted() == snippets.keys.sorted())
    }

    @Test("Every section of the guide that shows code has its twin, in the guide's order")
    func sections() {
        let sections = [
            "Quick Start", "What Happens", "Event Structure", "Available Nodes", "Available Phases",
            "Pattern 1: Simple Skill (No Metrics)", "Pattern 2: Skill with Metrics",
            "Pattern 3: Skill with Issues/Warnings", "Pattern 4: Handling Exceptions", "Pattern 5: Sub-Task Timing",
            "Pattern 6: Conditional Event Emission", "Manual Event Emission", "EventTimer Standalone Usage",
            "1. Always Use withSkillExecution for Skills", "2. Populate Meaningful Metrics",
            "3. Use Issues for Warnings, Not Errors", "4. Keep Metrics Numeric", "5. Use Descriptive Issue Messages",
            "Testing Your Skills", "Complete Example: LYRICS Skill", "Viewing Events in Logs",
        ]
        #expect(article.headings.filter(sections.contains) == sections)
    }

    @Test("The event that the article shows is Event JSON")
    func eventJSON() throws {
        let block = try #require(article.blocks.first { $0.name == "event-json" })
        var text = block.text
        let event = try text.withUTF8 { try EventJSONReader().read(UnsafeRawBufferPointer($0)).event }
        #expect(event.ts == ManualClock().now)
        #expect(event.node == .lyrics)
        #expect(event.phase == .end)
        #expect(event.durationMS == 1234)
        #expect(event.metrics == ["lines_generated": 42, "citations": 5, "custom_metric": 3.14])
        #expect(event.issues == ["Warning: short lyrics", "Info: using fallback source"])
    }

    @Test("The log record that the article shows is the one that comes out, keys in that order")
    func logRecord() throws {
        let lines = Mutex<[String]>([])
        let output = LogOutput { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        LogSink(logger: .init(label: "lyrics-api") { JSONLinesLogHandler(label: $0, output: output) }).emit(
            WorkflowEvent(
                ts: ManualClock().now, runID: "0197e7a0-5b1e-7c4e-9d5f-1234567890ab", node: .lyrics, phase: .end,
                durationMS: 1234, metrics: ["lines_generated": 42], issues: ["Warning: short lyrics"],
                service: "lyrics-api", traceID: "0af7651916cd43dd8448eb211c80319c", spanID: "b7ad6b7169203331"))
        let record = try #require(lines.withLock { $0 }.first)
        let block = try #require(article.blocks.first { $0.name == "log-record" })
        let shown = block.text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
            .replacing("\": ", with: "\":").replacing(",\"", with: ",\"")
        #expect(record == shown + "\n")
    }
}
