import LedgerTestSupport
import LibPQ
import Testing

@Suite("Sequencing") struct SequenceTests {
    /// A ledger with the partition that the test events need.
    private nonisolated(nonsending) func withLedger(
        _ body: (TestLedger, PostgresConnection) async throws -> Void
    ) async throws {
        try await withWriter { ledger, writer in
            try await writer.ensurePartition("2025-01-01")
            try await body(ledger, writer)
        }
    }

    private nonisolated(nonsending) func positions(_ connection: PostgresConnection) async throws -> [Int64] {
        try await connection.column("select position from ledger_events order by position", as: Int64.self)
    }

    @Test("An empty ledger has head 0, and nothing is written to find that out")
    func empty() async throws {
        try await withLedger { _, writer in
            try await writer.transaction { connection in
                #expect(try await connection.sequence() == 0)
                let id = try await connection.value("select pg_current_xact_id_if_assigned()::text", as: String?.self)
                #expect(id == nil)
            }
        }
    }

    @Test("Batches get dense positions in the order of their ids, and an event the one of its ordinal")
    func order() async throws {
        try await withLedger { _, writer in
            try await writer.store([TestEvent(run: "a"), TestEvent(run: "b", second: 1)])
            try await writer.store([TestEvent(run: "c")])
            #expect(try await writer.value("select count(*) from ledger_events", as: Int64.self) == 0)
            #expect(try await writer.sequence() == 3)
            try await writer.store([TestEvent(run: "d")])
            #expect(try await writer.sequence() == 4)
            #expect(try await writer.sequence() == 4)
            let runs = try await writer.column("select run_id from ledger_events order by position", as: String.self)
            #expect(runs == ["a", "b", "c", "d"])
            #expect(try await positions(writer) == [1, 2, 3, 4])
        }
    }

    @Test("A batch that commits late gets the next position, and one that rolls back leaves no hole")
    func lateCommit() async throws {
        try await withLedger { ledger, writer in
            try await connected(ledger.writer) { late in
                try await late.execute(script: "begin")
                try await late.insert([TestEvent(run: "late")])
                try await connected(ledger.writer) { abandoned in
                    try await abandoned.execute(script: "begin")
                    try await abandoned.insert([TestEvent(run: "never")])
                    try await writer.store([TestEvent(run: "early")])
                    try await abandoned.execute(script: "rollback")
                }
                #expect(try await writer.sequence() == 1)
                try await late.execute(script: "commit")
                #expect(try await writer.sequence() == 2)
            }
            let runs = try await writer.column("select run_id from ledger_events order by position", as: String.self)
            #expect(runs == ["early", "late"])
        }
    }

    @Test("Who does not want to wait gets no answer while another call is at it; who waits gets its result")
    func waiting() async throws {
        try await withLedger { ledger, writer in
            try await writer.store([TestEvent()])
            try await connected(ledger.writer) { busy in
                try await busy.execute(script: "begin; select sequence()")
                #expect(try await writer.sequence(wait: false) == nil)
                async let waited = connected(ledger.reader) { try await $0.sequence() }
                try await busy.execute(script: "commit")
                #expect(try await waited == 1)
                #expect(try await writer.sequence(wait: false) == 1)
            }
        }
    }

    @Test("A caller that dies in the middle leaves the work to the next")
    func death() async throws {
        try await withLedger { ledger, writer in
            try await writer.store([TestEvent()])
            let victim = try await PostgresConnection.connect(ledger.writer, logger: testLogger)
            try await victim.execute(script: "begin; select sequence()")
            try await connected(ledger.administrator) { administrator in
                _ = try await administrator.query("select pg_terminate_backend(\(victim.backendPID))")
            }
            #expect(try await writer.sequence() == 1)
            await victim.close()
        }
    }

    @Test("A transaction with an old snapshot is told to call it by itself")
    func isolation() async throws {
        try await withLedger { _, writer in
            for mode in [TransactionMode.repeatableRead, .serializable] {
                let error = try await refusal { _ = try await writer.transaction(mode) { try await $0.sequence() } }
                #expect(error?.sqlState == .needsReadCommitted)
            }
        }
    }

    @Test("The floor rises past finished batches, whoever else has a write transaction open")
    func floor() async throws {
        try await withLedger { ledger, writer in
            try await connected(ledger.administrator) { foreign in
                try await foreign.execute(script: "begin; create table foreign_work (n int)")
                try await writer.execute(script: manyBatches(1500))
                #expect(try await writer.sequence() == 1500)
                let floor = try await foreign.value("select floor from sequencing", as: Int64.self)
                #expect(floor == 1500)
                try await foreign.execute(script: "rollback")
            }
        }
    }

    @Test("A batch that stays open while thousands pass it is still found when it commits")
    func stragglers() async throws {
        try await withLedger { ledger, writer in
            try await connected(ledger.writer) { straggler in
                try await writer.execute(script: manyBatches(300))
                try await straggler.execute(script: "begin")
                // Nothing but the place in the order: its lock is taken, its id is not drawn yet.
                let id = try await straggler.insert([TestEvent(run: "straggler")])
                #expect(id == 301)
                for _ in 1...3 {
                    try await writer.execute(script: manyBatches(1500))
                    try await writer.sequence()
                }
                let floor = try await connected(ledger.administrator) {
                    try await $0.value("select floor from sequencing", as: Int64.self)
                }
                #expect(floor <= id)
                try await straggler.execute(script: "commit")
                #expect(try await writer.sequence() == 4801)
                let position = try await writer.value(
                    "select position from ledger_events where run_id = 'straggler'", as: Int64.self)
                #expect(position == 4801)
            }
        }
    }

    /// Stores batches whose one event nobody looks at.
    private func manyBatches(_ count: Int) -> String {
        """
        insert into event_batches (source, event_count, ts_min, ts_max)
        select 'many', 1, '2025-01-01', '2025-01-01' from generate_series(1, \(count))
        """
    }

    @Test("Time does not run backwards along positions")
    func time() async throws {
        try await withLedger { ledger, writer in
            try await writer.store([TestEvent()])
            try await connected(ledger.administrator) { connection in
                // As if this pass had run before the clock was set back.
                try await connection.execute(
                    script: "update event_batches set first_position = 1, sequenced_at = now() + interval '1 hour'")
            }
            try await writer.store([TestEvent(run: "later")])
            #expect(try await writer.sequence() == 2)
            let times = try await writer.column(
                "select sequenced_at from event_batches order by first_position", as: PostgresTimestamp.self)
            #expect(times == times.sorted())
        }
    }
}
