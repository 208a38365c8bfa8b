import EventLedger
import LedgerTestSupport
import LibPQ
import Synchronization
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Sequencing", .timeLimit(.minutes(10)))
struct SequencingTests {
    @Test("Positions are dense and in order with several writers and sequencers and a foreign transaction open")
    func concurrently() async throws {
        try await withTestLedger { ledger in
            let writing = Progress()
            let count = try await ledger.withForeignTransaction {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for waits in [true, false, true] {
                        group.addTask {
                            try await ledger.withReaderPool { pool in
                                let sequencer = Ledger(pool: pool)
                                var last: Int64 = 0
                                while writing.isUnderWay.load(ordering: .relaxed) {
                                    let head = try await waits ? sequencer.sequence() : sequencer.advance()
                                    #expect(head >= last)
                                    last = head
                                }
                            }
                        }
                    }
                    let count = try await ledger.writeConcurrently(writerCount: 4, batchCount: 40)
                    writing.isUnderWay.store(false, ordering: .relaxed)
                    try await group.waitForAll()
                    return count
                }
            }
            let events = try await ledger.withReaderPool { pool in
                let sequencer = Ledger(pool: pool)
                let head = try await sequencer.sequence()
                #expect(head == Int64(count))
                return try await sequencer.events(after: 0, limit: count + 1)
            }
            #expect(isCompleteHistory(events, count: count))
        }
    }

    @Test("A batch that commits late gets the next positions, and no reader misses it")
    func lateCommit() async throws {
        try await withTestLedger { ledger in
            let positions = try await ledger.withReaderPool { pool in
                let sequencer = Ledger(pool: pool)
                try await PostgresConnection.withConnection(ledger.writer, logger: TestLedger.logger) { late in
                    // It draws the lower number, and is the later one all the same.
                    _ = try await late.query("select from ensure_partition('2025-11-18T12:00:00Z')")
                    _ = try await late.execute("begin")
                    _ = try await late.execute(
                        """
                        with batch as (
                            insert into event_batches (source, event_count, ts_min, ts_max)
                            values ('late', 1, '2025-11-18T12:00:00Z', '2025-11-18T12:00:00Z') returning id)
                        insert into workflow_events
                        select 'late', '2025-11-18T12:00:00Z', gen_random_uuid(), 'N', 'end', 0, '{}', '{}',
                               null, null, null, null, id, 0
                        from batch
                        """)
                    _ = try await ledger.withRepository { try await $0.append(numberedEvents(0..<3, runID: "early")) }
                    let head = try await sequencer.sequence()
                    #expect(head == 3)
                    _ = try await late.execute("commit")
                }
                #expect(try await sequencer.sequence() == 4)
                return try await sequencer.events(after: 0, limit: 10).map { ($0.position, $0.event.runID) }
            }
            #expect(positions.map(\.0) == [1, 2, 3, 4])
            #expect(positions.map(\.1) == ["early", "early", "early", "late"])
        }
    }

    @Test("What was acknowledged before the next was sent has the lower position")
    func acknowledgedOrder() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(0..<20)
            try await ledger.withRepository { repository in
                for event in events { try await repository.create(event) }
                let stored = try await repository.events(order: .ascending).elements
                #expect(stored.map(\.event) == events)
            }
        }
    }

    @Test("A call beside one that is under way returns the head as it stands and does not wait")
    func advancing() async throws {
        try await withTestLedger { ledger in
            try await ledger.withReaderPool { pool in
                let sequencer = Ledger(pool: pool)
                _ = try await ledger.withRepository { try await $0.append(numberedEvents(0..<3)) }
                #expect(try await sequencer.sequence() == 3)
                _ = try await ledger.withRepository { try await $0.append(numberedEvents(3..<5)) }
                try await ledger.withAdministrator { other in
                    _ = try await other.execute("begin")
                    _ = try await other.query("select sequence()")
                    let head = try await sequencer.advance()
                    #expect(head == 3)
                    _ = try await other.execute("commit")
                }
                #expect(try await sequencer.advance() == 5)
            }
        }
    }

    @Test("An empty ledger's head is 0")
    func empty() async throws {
        try await withTestLedger { ledger in
            try await ledger.withReaderPool { pool in
                let heads = try await [Ledger(pool: pool).sequence(), Ledger(pool: pool).advance()]
                #expect(heads == [0, 0])
                #expect(try await Ledger(pool: pool).events(after: 0, limit: 10).isEmpty)
            }
        }
    }
}

private final class Progress: Sendable {
    let isUnderWay = Atomic<Bool>(true)
}
