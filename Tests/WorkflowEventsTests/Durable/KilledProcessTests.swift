import Foundation
import Testing
import WorkflowEvents

@Suite("A process that is killed")
struct KilledProcessTests {
    @Test("loses no event whose emit had returned in spool-first mode", arguments: [1, 19, 20, 21, 500])
    func spoolFirst(killAfter count: Int) async throws {
        try await withTemporaryDirectory { path in
            let probe = try SpoolProbe(spool: path, mode: "spool-first", count: 1_000_000)
            let seen = try probe.readLines(until: { $0.count >= count })
            probe.kill()
            let events = try await recover(path, atLeast: seen.count)
            #expect(Array(events.prefix(seen.count)) == Array(0..<seen.count))
            #expect(events == Array(0..<events.count))
        }
    }

    @Test("loses no event that was spooled in memory-first mode")
    func memoryFirst() async throws {
        try await withTemporaryDirectory { path in
            let probe = try SpoolProbe(spool: path, mode: "memory-first", count: 1234)
            _ = try probe.readLines(until: { $0.last == "flushed" })
            probe.kill()
            let events = try await recover(path, atLeast: 1234)
            #expect(events == Array(0..<1234))
        }
    }

    @Test("leaves its events alone while it lives, and to exactly one other when it does not")
    func oneAdopter() async throws {
        try await withTemporaryDirectory { path in
            let probe = try SpoolProbe(spool: path, mode: "memory-first", count: 100)
            _ = try probe.readLines(until: { $0.last == "flushed" })
            let spools = try (0..<4).map { _ in try Spool(path: path, maximumSetAsideBytes: 0) }
            for spool in spools { #expect(try await spool.adopt() == []) }
            probe.kill()
            let adopted = try await withThrowingTaskGroup(of: [SpoolFile].self) { group in
                for spool in spools { group.addTask { try await spool.adopt() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let adopters = adopted.filter { !$0.isEmpty }
            #expect(adopters.count == 1)
            let counts = adopters.joined().compactMap(\.seal?.count)
            #expect(counts.reduce(0, +) == 100)
        }
    }

    @Test("and many more are recovered together, each in its own order")
    func many() async throws {
        try await withTemporaryDirectory { path in
            let probes = try (0..<4).map { _ in try SpoolProbe(spool: path, mode: "memory-first", count: 50) }
            for probe in probes {
                _ = try probe.readLines(until: { $0.last == "flushed" })
                probe.kill()
            }
            let events = try await recover(path, atLeast: 200)
            #expect(events.count == 200)
            #expect(Dictionary(grouping: events, by: \.self).values.allSatisfy { $0.count == 4 })
        }
    }

    /// Delivers what is left under `path` by a sink of this process, and tells the events' numbers.
    private func recover(_ path: String, atLeast count: Int) async throws -> [Int] {
        let destination = LocalDestination()
        var settings = DurableSink.Settings()
        settings.spoolDirectory = path
        let sink = try DurableSink(
            destination: destination, settings: settings, service: "test", logger: .silent)
        try await withRunning(sink) { await destination.waitForEvents(count) }
        #expect(sink.status.tornFileCount <= 1)
        return destination.events.map(\.durationMS)
    }
}
