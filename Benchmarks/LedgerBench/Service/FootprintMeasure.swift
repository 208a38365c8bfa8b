import Foundation
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// What the service costs while nothing happens, and how soon a long run begins to come.
struct FootprintMeasure {
    let bench: Workbench
    let runledger: String

    private static let subscriberCount = 1_000
    private static let runEventCount = 10_000
    private static let idleSeconds = 20

    func run() async throws -> [ResultRow] {
        let runID = "long-\(UUIDv7.next().uuidString)"
        try await store(runID)
        let figures = try await ServiceProcess.withService(bench, runledger: runledger) { service in
            try await measure(service, runID: runID)
        }
        return [
            ResultRow(
                what: "1,000 idle subscribers", figure: "\(fixed(Double(figures.subscriberBytes) / 1e6, 1)) MB",
                ceiling: "–", ratio: "–", goal: "under 50 MB", isMet: figures.subscriberBytes < 50_000_000),
            ResultRow(
                what: "idle service, share of a core", figure: "\(fixed(figures.idleShare * 100, 2)) %", ceiling: "–",
                ratio: "–", goal: "under 1 %", isMet: figures.idleShare < 0.01),
            ResultRow(
                what: "idle service, WAL in \(Self.idleSeconds) s", figure: "\(figures.walBytes) bytes", ceiling: "–",
                ratio: "–", goal: "none", isMet: figures.walBytes == 0),
            ResultRow(
                what: "first frame of a run of 10,000 events, from connecting",
                figure: "\(fixed(figures.openingMilliseconds, 1)) ms", ceiling: "–", ratio: "–", goal: "within 50 ms",
                isMet: figures.openingMilliseconds < 50),
        ]
    }

    private struct Figures: Sendable {
        var subscriberBytes: Int
        var idleShare: Double
        var walBytes: Int64
        var openingMilliseconds: Double
    }

    private func store(_ runID: String) async throws {
        var events = bench.events(Self.runEventCount, label: runID)
        for index in events.indices { events[index].runID = runID }
        try await bench.settle()
        try await bench.withPool { pool in
            try await withBatchWriter(bench.database, pool: pool, logger: bench.logger) { writer in
                for start in stride(from: 0, to: events.count, by: 17) {
                    _ = try await writer.append(Array(events[start..<min(start + 17, events.count)]))
                }
            }
        }
    }

    private func measure(_ service: ServiceProcess, runID: String) async throws -> Figures {
        let openings = try (0..<11).map { _ in try opening(service, runID: runID) }
        let idle = try await idling(service)
        let before = try service.residentBytes()
        let readers = try (0..<Self.subscriberCount).map { _ in try StreamReader(port: service.port) }
        for reader in readers { try reader.catchUp() }
        return Figures(
            subscriberBytes: try service.residentBytes() - before, idleShare: idle.share, walBytes: idle.walBytes,
            openingMilliseconds: openings.median)
    }

    /// Milliseconds from connecting to the first event.
    private func opening(_ service: ServiceProcess, runID: String) throws -> Double {
        let begin = ContinuousClock.now
        let reader = try StreamReader(port: service.port, query: "?after=0&run_id=\(runID)")
        while reader.eventCount == 0 {
            try reader.socket.wait(for: POLLIN)
            try reader.read { _ in }
        }
        return (ContinuousClock.now - begin) / .milliseconds(1)
    }

    private func idling(_ service: ServiceProcess) async throws -> (share: Double, walBytes: Int64) {
        try await bench.settle()
        try await setAutovacuum("off")
        try await quiet()
        let wal = try await walPosition()
        let computed = try service.computedSeconds()
        try await Task.sleep(for: .seconds(Self.idleSeconds))
        let share = (try service.computedSeconds() - computed) / Double(Self.idleSeconds)
        let walBytes = try await walPosition() - wal
        try await setAutovacuum("on")
        return (share, walBytes)
    }

    /// Has PostgreSQL vacuum by itself, or not: what it writes about what came before would count as the service's.
    private func setAutovacuum(_ setting: String) async throws {
        try await bench.withPool { pool in
            try await pool.withConnection { connection in
                try await connection.execute(script: "alter system set autovacuum = \(setting)")
                try await connection.execute(script: "select pg_reload_conf()")
            }
        }
    }

    /// Waits until PostgreSQL has nothing of its own to write about what came before, which it does every 15 seconds.
    private func quiet() async throws {
        for _ in 0..<6 {
            let before = try await walPosition()
            try await Task.sleep(for: .seconds(17))
            if try await walPosition() == before { return }
        }
    }

    private func walPosition() async throws -> Int64 {
        try await bench.withPool { pool in
            try await pool.withConnection {
                try await $0.query("select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")[0].decode(Int64.self)
            }
        }
    }
}
