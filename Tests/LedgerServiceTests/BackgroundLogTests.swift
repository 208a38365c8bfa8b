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

    /// As many records are several times what a pipe takes.
    private static let count = 4000

    @Test("Has everything at its end that was logged while nobody read it")
    func unread() async throws {
        let records = try await records(capacity: 16 << 20)
        #expect(records.map(\.message) == (1...Self.count).map(String.init))
    }

    @Test("Says how many records are lost, where more are logged than may wait")
    func overflow() async throws {
        var next = 1
        var lostCount = 0
        for record in try await records(capacity: 1 << 16) {
            if let count = record.metadata?.count {
                #expect(record.message == "log records are lost, as they came faster than they could be written")
                next += count
                lostCount += count
            } else {
                #expect(record.message == "\(next)")
                next += 1
            }
        }
        #expect(next == Self.count + 1)
        #expect(lostCount > 0)
    }

    @Test("A record that is longer than all that may wait is lost, and the next is not")
    func tooLong() async throws {
        let pipe = Pipe()
        try await withBackgroundLog(descriptor: pipe.fileHandleForWriting.fileDescriptor, capacity: 1000) { log in
            let logger = Logger(label: "test") { JSONLinesLogHandler(label: $0, output: log) }
            logger.info("\(String(repeating: "long ", count: 200))")
            let loss = try record(in: pipe.fileHandleForReading.availableData)
            #expect(loss.metadata?.count == 1)
            logger.info("short")
            let next = try record(in: pipe.fileHandleForReading.availableData)
            #expect(next.message == "short")
        }
    }

    @Test("Ends though nobody reads it")
    func endless() async throws {
        // The pipe stays open, for the log's thread goes on writing to it.
        let pipe = Unmanaged.passRetained(Pipe()).takeUnretainedValue()
        try await withBackgroundLog(
            descriptor: pipe.fileHandleForWriting.fileDescriptor, limit: .milliseconds(1)
        ) { fill($0) }
    }

    /// What a log has that is read only when all its records have been logged.
    private func records(capacity: Int) async throws -> [Record] {
        let pipe = Pipe()
        let (texts, text) = AsyncStream.makeStream(of: Data.self)
        try await withBackgroundLog(
            descriptor: pipe.fileHandleForWriting.fileDescriptor, capacity: capacity, limit: .seconds(60)
        ) { log in
            fill(log)
            Thread {
                text.yield((try? pipe.fileHandleForReading.readToEnd()) ?? Data())
                text.finish()
            }.start()
        }
        try pipe.fileHandleForWriting.close()
        let whole = await texts.first { _ in true }
        return try #require(whole).split(separator: UInt8(ascii: "\n")).map { try record(in: $0) }
    }

    private func record(in line: Data) throws -> Record {
        try JSONDecoder().decode(Record.self, from: line)
    }

    private func fill(_ log: LogOutput) {
        let logger = Logger(label: "test") { JSONLinesLogHandler(label: $0, output: log) }
        for number in 1...Self.count { logger.info("\(number)") }
    }
}
