import Foundation
import LedgerService
import Logging
import Testing
import WorkflowEvents

@Suite("A log written in the background", .timeLimit(.minutes(1)))
struct BackgroundLogTests {
    private struct Record: Decodable {
        struct Metadata: Decodable { var count: Int? }

        var message: String
        var metadata: Metadata?
    }

    @Test("Holds what nobody reads, and says how much it lost of what came beyond its bound")
    func unread() async throws {
        let pipe = Pipe()
        let capacity = 1 << 16
        let log = BackgroundLog(descriptor: pipe.fileHandleForWriting.fileDescriptor, capacity: capacity)
        let logger = Logger(label: "test") { JSONLinesLogHandler(label: $0, output: log.output) }
        // Longer than what is held and what a pipe takes.
        let count = 4000
        for number in 1...count { logger.info("\(number)") }
        let reader = Task.detached { try pipe.fileHandleForReading.readToEnd() }
        log.finish(within: .seconds(60))
        try pipe.fileHandleForWriting.close()

        let text = try #require(try await reader.value)
        #expect(text.count > capacity)
        let records = try text.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Record.self, from: $0)
        }
        var next = 1
        var lostCount = 0
        for record in records {
            if let count = record.metadata?.count {
                #expect(record.message == "log records are lost, for nobody read them")
                next += count
                lostCount += count
            } else {
                #expect(record.message == "\(next)")
                next += 1
            }
        }
        #expect(next == count + 1)
        #expect(lostCount > 0)
    }

    @Test("Has everything written once it is finished")
    func finished() async throws {
        let pipe = Pipe()
        let log = BackgroundLog(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let logger = Logger(label: "test") { JSONLinesLogHandler(label: $0, output: log.output) }
        for number in 1...100 { logger.info("\(number)") }
        log.finish(within: .seconds(60))
        try pipe.fileHandleForWriting.close()
        let text = try #require(try pipe.fileHandleForReading.readToEnd())
        #expect(text.count { $0 == UInt8(ascii: "\n") } == 100)
    }
}
