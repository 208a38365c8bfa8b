import LedgerTestSupport
import LibPQ
import Synchronization
import Testing

/// What the writers of a race know of each other.
private final class RaceLog: Sendable {
    struct State {
        var acknowledged: Int64?
        var pairs: [(before: Int64, after: Int64)] = []
        var writersLeft = 0
    }

    private let state: Mutex<State>

    init(writerCount: Int) {
        state = Mutex(State(writersLeft: writerCount))
    }

    /// The batch that was acknowledged last.
    var acknowledged: Int64? { state.withLock { $0.acknowledged } }
    /// Batches of which the first was acknowledged before the second was sent.
    var pairs: [(before: Int64, after: Int64)] { state.withLock { $0.pairs } }
    var isOver: Bool { state.withLock { $0.writersLeft == 0 } }

    func acknowledge(_ batch: Int64, sentAfter before: Int64?) {
        state.withLock { state in
            state.acknowledged = batch
            if let before { state.pairs.append((before, batch)) }
        }
    }

    func writerFinished() {
        state.withLock { $0.writersLeft -= 1 }
    }
}

@Suite("Sequencing under concurrency") struct SequenceRaceTests {
    @Test("Whatever the order of commits, positions are dense, and acknowledged before sent means lower")
    func race() async throws {
        let writerCount = 6
        try await withWriter { ledger, writer in
            try await writer.ensurePartition("2025-01-01")
            let log = RaceLog(writerCount: writerCount)
            try await connected(ledger.administrator) { foreign in
                try await foreign.execute(script: "begin; create table foreign_work (n int)")
                try await withThrowingTaskGroup { group in
                    for index in 1...writerCount {
                        group.addTask { try await write(index, to: ledger.writer, log) }
                    }
                    for _ in 1...4 {
                        group.addTask { try await sequence(ledger.reader, log) }
                    }
                    group.addTask { try await tail(ledger.reader, log) }
                    try await group.waitForAll()
                }
                try await foreign.execute(script: "rollback")
            }
            let head = try await writer.sequence()
            let positions = try await writer.column(
                "select position from ledger_events order by position", as: Int64.self)
            #expect(positions == Array(1...Int64(positions.count)))
            #expect(head == Int64(positions.count))
            let stored = try await writer.value("select count(*) from workflow_events", as: Int64.self)
            #expect(stored == head)
            try await check(log.pairs, on: writer)
        }
    }

    /// Writes batches that stay open for a moment each, and gives every seventh up.
    private func write(_ index: Int, to configuration: PostgresConfiguration, _ log: RaceLog) async throws {
        defer { log.writerFinished() }
        try await connected(configuration) { connection in
            for number in 1...60 {
                let before = log.acknowledged
                try await connection.execute(script: "begin")
                let events = (0...number % 3).map { TestEvent(run: "run-\(index)-\(number)", second: $0) }
                let batch = try await connection.insert(events)
                try await connection.execute(script: "select pg_sleep(random() * 0.004)")
                if number % 7 == 0 {
                    try await connection.execute(script: "rollback")
                } else {
                    try await connection.execute(script: "commit")
                    log.acknowledge(batch, sentAfter: before)
                }
            }
        }
    }

    private func sequence(_ configuration: PostgresConfiguration, _ log: RaceLog) async throws {
        try await connected(configuration) { connection in
            while !log.isOver { try await connection.sequence(wait: Bool.random()) }
        }
    }

    /// Sees each position once and in order, as the ledger grows.
    private func tail(_ configuration: PostgresConfiguration, _ log: RaceLog) async throws {
        try await connected(configuration) { connection in
            var position: Int64 = 0
            while !log.isOver {
                let next = try await connection.column(
                    "select position from ledger_events_after(\(position), 50)", as: Int64.self)
                #expect(next == Array((position + 1)..<(position + 1 + Int64(next.count))))
                position += Int64(next.count)
            }
        }
    }

    private func check(_ pairs: [(before: Int64, after: Int64)], on connection: PostgresConnection) async throws {
        let rows = try await connection.query("select id, first_position from event_batches")
        var positions: [Int64: Int64] = [:]
        for row in rows {
            let (id, position) = try row.decode(Int64.self, Int64.self)
            positions[id] = position
        }
        #expect(pairs.count > 100)
        for pair in pairs {
            let before = try #require(positions[pair.before])
            let after = try #require(positions[pair.after])
            #expect(before < after)
        }
    }
}
