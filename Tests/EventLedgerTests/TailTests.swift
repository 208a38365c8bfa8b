import EventLedger
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("The tail", .timeLimit(.minutes(10)))
struct TailTests {
    @Test("Delivers every event once and in order with several writers, a foreign transaction and a restart between")
    func restart() async throws {
        try await withTestLedger { ledger in
            let (count, events) = try await ledger.withForeignTransaction {
                async let written = ledger.writeConcurrently(writerCount: 4, batchCount: 30)
                // Of the 90 events that each of four writers stores.
                var events = try await ledger.follow(after: 0, count: 100)
                events += try await ledger.follow(after: events.last?.position ?? 0, count: 360 - events.count)
                return (try await written, events)
            }
            #expect(count == 360)
            #expect(isCompleteHistory(events, count: count))
        }
    }

    @Test("Goes on where it was when its connections are killed")
    func killed() async throws {
        try await withTestLedger { ledger in
            async let written = ledger.writeConcurrently(writerCount: 2, batchCount: 60)
            var kills = 0
            let events = try await ledger.follow(after: 0, count: 360) {
                guard kills < 5 else { return }
                kills += 1
                _ = try await ledger.value(
                    """
                    select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
                    where datname = current_database() and usename = 'runledger_reader'
                    """, as: Int64.self)
            }
            #expect(try await written == 360)
            #expect(isCompleteHistory(events, count: 360))
        }
    }

    @Test("Begins at the position it is given, in pages")
    func pages() async throws {
        try await withTestLedger { ledger in
            _ = try await ledger.withRepository { try await $0.append(numberedEvents(0..<2500)) }
            let events = try await ledger.follow(after: 17, count: 2483)
            #expect(events.map(\.position) == Array(18...2500))
            #expect(events.map(\.event.durationMS) == Array(17..<2500))
        }
    }

    @Test("What the consumer throws ends it, even if it looks like a lost connection")
    func consumerError() async throws {
        try await withTestLedger { ledger in
            _ = try await ledger.withRepository { try await $0.append(numberedEvents(0..<3)) }
            var calls = 0
            let error = await #expect(throws: PostgresError.self) {
                try await ledger.withReaderPool { pool in
                    let tail = Tail(database: ledger.database(as: ledger.reader), pool: pool, logger: TestLedger.logger)
                    try await tail.follow(after: 0) { _ in
                        calls += 1
                        throw PostgresError(.connectionLost, "the consumer's own database")
                    }
                }
            }
            #expect(error?.message == "the consumer's own database")
            #expect(calls == 1)
        }
    }

    @Test("Cancelling it ends it")
    func cancelled() async throws {
        try await withTestLedger { ledger in
            _ = try await ledger.withRepository { try await $0.append(numberedEvents(0..<3)) }
            let (delivered, delivery) = AsyncStream.makeStream(of: Void.self)
            let following = Task {
                try await ledger.withReaderPool { pool in
                    let tail = Tail(database: ledger.database(as: ledger.reader), pool: pool, logger: TestLedger.logger)
                    try await tail.follow(after: 0) { _ in delivery.yield() }
                }
            }
            for await _ in delivered { break }
            following.cancel()
            await #expect(throws: CancellationError.self) { try await following.value }
        }
    }
}

extension TestLedger {
    /// What a tail that begins after `position` delivers, until it has delivered `count` events.
    ///
    /// - Parameter afterPage: called after each page.
    fileprivate func follow(
        after position: Int64, count: Int, afterPage: () async throws -> Void = {}
    ) async throws -> [StoredEvent] {
        struct Enough: Error {}
        var events: [StoredEvent] = []
        do {
            try await withReaderPool { pool in
                let tail = Tail(database: database(as: reader), pool: pool, logger: TestLedger.logger)
                try await tail.follow(after: position) { page in
                    events += page
                    if events.count >= count { throw Enough() }
                    try await afterPage()
                }
            }
        } catch is Enough {}
        return Array(events.prefix(count))
    }
}
