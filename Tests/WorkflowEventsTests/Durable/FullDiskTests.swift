import Foundation
import Testing
import WorkflowEvents

/// `/dev/full` fails every write with ENOSPC, as a full disk does; a link to it in the place of a file lets a test fill
/// the disk under one file alone.
@Suite("A full disk under the spool", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
struct FullDiskTests {
    let destination = LocalDestination()

    /// Fills the disk under the file of the batch that begins with event `sequence` of the only process in the spool.
    func fill(_ path: String, sequence: Int) throws {
        let owner = try #require(
            try FileManager.default.contentsOfDirectory(atPath: path).first { $0.contains("-") })
        let name = SpoolFile(owner: owner, sequence: UInt64(sequence), seal: nil, bytes: 0).name
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/\(owner)/\(name)", withDestinationPath: "/dev/full")
    }

    @Test("keeps events in memory until there is room on the disk again")
    func memoryFirst() async throws {
        try await withTemporaryDirectory { path in
            var settings = DurableSink.Settings()
            settings.spoolDirectory = path
            settings.spoolAfter = .zero
            settings.flushDeadline = .seconds(60)
            destination.setAway(true)
            let sink = try DurableSink(destination: destination, settings: settings)
            try fill(path, sequence: 1)
            try await withRunning(sink) {
                for event in numberedEvents(10) { sink.emit(event) }
                await destination.wait { $0.attemptCount > 1 }
                // The link is gone after the failed write, and the sink tries again a second later.
                await sink.flush()
                #expect(sink.status.queuedEventCount == 0)
                #expect(sink.status.spooledEventCount == 10)
                destination.setAway(false)
                await destination.waitForEvents(10)
            }
            #expect(destination.events.map(\.durationMS) == Array(0..<10))
        }
    }

    @Test("makes a spool-first sink keep events in memory, and loses and doubles none", arguments: [1, 11, 21])
    func spoolFirst(sequence: Int) async throws {
        try await withTemporaryDirectory { path in
            var settings = DurableSink.Settings()
            settings.spoolDirectory = path
            settings.maximumBatchCount = 10
            settings.mode = .spoolFirst
            let sink = try DurableSink(destination: destination, settings: settings)
            try fill(path, sequence: sequence)
            for event in numberedEvents(25) { sink.emit(event) }
            #expect(files(under: path).count == 2)
            try await withRunning(sink) { await destination.waitForEvents(25) }
            #expect(destination.events.map(\.durationMS) == Array(0..<25))
            #expect(files(under: path) == [])
            #expect(sink.status.spoolBytes == 0)
        }
    }
}
