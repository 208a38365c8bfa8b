import EventLedger
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Rollups", .timeLimit(.minutes(10)))
struct RollupTests {
    @Test("Whatever stretches are rolled up, cells and summaries are what the events add up to", arguments: [1, 2, 3])
    func randomly(seed: UInt64) async throws {
        try await withTestLedger { ledger in
            try await ledger.useSmallSegments()
            var history = RandomHistory(seed: seed)
            try await ledger.withWriterPool { pool in
                let rollup = Rollup(pool: pool)
                for _ in 0..<100 {
                    try await ledger.store(history.nextBatch(), over: pool)
                    if history.number(in: 0...1) == 0 { _ = try await Ledger(pool: pool).sequence() }
                    if history.number(in: 0...2) == 0 {
                        _ = try await rollup.advance(maximum: Int64(history.number(in: 1...40)))
                    }
                }
                _ = try await Ledger(pool: pool).sequence()
                #expect(try await rollup.backlog() > 0)
                #expect(try await rollup.differences() == [])
                try await rollup.catchUp()
                #expect(try await rollup.backlog() == 0)
                #expect(try await rollup.differences() == [])
            }
        }
    }

    @Test("An answer from rollups is that from the events, as of any position and in any window", arguments: [4, 5])
    func answers(seed: UInt64) async throws {
        try await withTestLedger { ledger in
            try await ledger.useSmallSegments()
            var history = RandomHistory(seed: seed)
            try await ledger.withWriterPool { pool in
                for _ in 0..<80 { try await ledger.store(history.nextBatch(), over: pool) }
                let head = try await Ledger(pool: pool).sequence()
                // So that some positions lie before the rollup's end, some behind it, some in its segment.
                while try await Rollup(pool: pool).backlog() > head / 4 {
                    _ = try await Rollup(pool: pool).advance(maximum: 30)
                }
                for _ in 0..<60 {
                    let question = RollupQuestion(&history, head: Int(head))
                    for comparison in question.comparisons {
                        let bounds = ReadBounds(asOf: .position(question.position))
                        let rows = try await pool.boundedRead(comparison, bounds).rows
                        let differing = try rows.map { try $0.decode(String.self) }
                        #expect(differing == [], "\(question)")
                    }
                }
            }
        }
    }

    @Test("Sessions that roll up at once, some of them killed, count every event once")
    func concurrently() async throws {
        try await withTestLedger { ledger in
            try await ledger.useSmallSegments()
            try await ledger.withWriterPool { pool in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            try await ledger.withWriterPool { pool in
                                while !Task.isCancelled {
                                    do {
                                        _ = try await Rollup(pool: pool).advance(maximum: 17)
                                    } catch let error as PostgresError {
                                        #expect(error.isRetryable || Task.isCancelled)
                                    }
                                }
                            }
                        }
                    }
                    var history = RandomHistory(seed: 6)
                    for batch in 0..<120 {
                        try await ledger.store(history.nextBatch(), over: pool)
                        _ = try await Ledger(pool: pool).sequence()
                        if batch % 10 == 0 { try await ledger.killRollers() }
                    }
                    group.cancelAll()
                    try? await group.waitForAll()
                }
                try await Rollup(pool: pool).catchUp()
                #expect(try await Rollup(pool: pool).differences() == [])
            }
        }
    }

    @Test("A pass that another session is at returns at once, and one with nothing to do writes nothing")
    func idle() async throws {
        try await withTestLedger { ledger in
            try await ledger.withWriterPool { pool in
                let rollup = Rollup(pool: pool)
                #expect(try await rollup.advance() == 0)
                try await ledger.store(numberedEvents(0..<10), over: pool)
                _ = try await Ledger(pool: pool).sequence()
                try await ledger.withAdministrator { other in
                    _ = try await other.execute("begin")
                    _ = try await other.query("select roll_up()")
                    #expect(try await rollup.advance() == nil)
                    _ = try await other.execute("rollback")
                }
                #expect(try await rollup.advance() == 10)
                let results = try await pool.withConnection {
                    try await $0.pipeline([
                        "begin", "select roll_up(), pg_current_xact_id_if_assigned() is null", "commit",
                    ])
                }
                let (moved, hasWrittenNothing) = try results[1][0].decode(Int64.self, Bool.self)
                #expect(moved == 0)
                #expect(hasWrittenNothing)
            }
        }
    }

    @Test("A writer that runs ahead of the rollups waits for the next pass, and one that does not goes on")
    func pace() async throws {
        try await withTestLedger { ledger in
            try await ledger.withWriterPool { pool in
                let rollups = RollupUpkeep(pool: pool, logger: TestLedger.logger)
                let running = Task { await rollups.run() }
                defer { running.cancel() }
                try await ledger.withAdministrator { connection in
                    try await connection.execute(script: "begin; lock table \(ledger.schema).rollup")
                    try await ledger.wait(
                        until:
                            "select exists (select from pg_locks where relation = 'runledger.rollup'::regclass and not granted)"
                    )
                    await rollups.keepPace()
                    rollups.committed(Int(RollupUpkeep.maximumBacklog) + 1)
                    let waiting = Task {
                        await rollups.keepPace()
                        return ContinuousClock.now
                    }
                    for _ in 0..<100 { _ = try await connection.query("select 1") }
                    let release = ContinuousClock.now
                    try await connection.execute(script: "rollback")
                    #expect(await waiting.value >= release)
                }
                running.cancel()
                await running.value
                rollups.committed(Int(RollupUpkeep.maximumBacklog) + 1)
                await rollups.keepPace()
            }
        }
    }

    @Test("A cell that was tampered with is named, and a rebuild begins again")
    func verification() async throws {
        try await withTestLedger { ledger in
            try await ledger.withWriterPool { pool in
                let rollup = Rollup(pool: pool)
                try await ledger.store(numberedEvents(0..<10, issue: "x"), over: pool)
                _ = try await Ledger(pool: pool).sequence()
                try await rollup.catchUp()
                try await ledger.withAdministrator { administrator in
                    _ = try await administrator.execute("update rollup_cells set event_count = 11 where span = 'd'")
                    _ = try await administrator.execute("delete from run_summaries")
                }
                let differences = try await rollup.differences()
                #expect(differences.map(\.kind) == ["cell", "run"])
                #expect(differences[0].key == "d 2025-11-18 00:00:00+00 LYRICS end, segment 0")
                #expect(differences[1].stored == nil)
                await #expect(throws: PostgresError.self) { try await rollup.reset() }
                try await ledger.withOwnerPool { try await Rollup(pool: $0).reset() }
                #expect(try await rollup.backlog() == 10)
                try await rollup.catchUp()
                #expect(try await rollup.differences() == [])
            }
        }
    }

    @Test("Another last node has the summaries made again")
    func lastNode() async throws {
        try await withTestLedger { ledger in
            try await ledger.withWriterPool { pool in
                try await ledger.store(numberedEvents(0..<1), over: pool)
                _ = try await Ledger(pool: pool).sequence()
                try await Rollup(pool: pool).catchUp()
                _ = try await ledger.withAdministrator {
                    try await $0.execute("update ledger set last_node = 'LYRICS'")
                }
                #expect(try await Rollup(pool: pool).backlog() == 1)
                let statuses = try await pool.boundedRead(
                    "select status from list_runs(null, null, null, null, null, 9)")
                #expect(try statuses.rows.map { try $0.decode(String.self) } == ["completed"])
            }
        }
    }
}
