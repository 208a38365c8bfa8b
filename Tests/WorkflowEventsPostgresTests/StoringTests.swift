import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Storing events")
struct StoringTests {
    @Test("Sending one batch twice stores it once")
    func twice() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(100)
            try await ledger.withRepository { repository in
                #expect(try await repository.append(events) == AppendResult(acceptedCount: 100))
                #expect(try await repository.append(events) == AppendResult(duplicateCount: 100))
                let stored = try await repository.events(order: .ascending)
                #expect(stored.elements.map(\.event) == events)
            }
            #expect(try await ledger.value("select count(*) from event_batches") == Int64(1))
        }
    }

    @Test("Duplicates within a batch are stored once, and a different event of the same identity is refused")
    func withinBatch() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(2)
            let result = try await ledger.withRepository { repository in
                try await repository.append([events[0], events[1], events[0], events[1].falsified])
            }
            #expect(result.acceptedCount == 2)
            #expect(result.duplicateCount == 1)
            #expect(result.refused.map(\.index) == [3])
            #expect(try await ledger.value("select sum(event_count)::bigint from event_batches") == Int64(2))
        }
    }

    @Test("What is stored decides which of two contradicting events is the duplicate")
    func storedDecides() async throws {
        try await withTestLedger { ledger in
            let event = numberedEvents(1)[0]
            let result = try await ledger.withRepository { repository in
                try await repository.create(event)
                return try await repository.append([event.falsified, event])
            }
            #expect(result.duplicateCount == 1)
            #expect(result.refused.map(\.index) == [0])
        }
    }

    @Test("The same identity with other content is refused by index, and the rest is stored")
    func conflict() async throws {
        try await withTestLedger { ledger in
            var events = numberedEvents(5)
            try await ledger.withRepository { repository in
                try await repository.create(events[3])
                events[3] = events[3].falsified
                let result = try await repository.append(events)
                #expect(result.acceptedCount == 4)
                #expect(result.refused.map(\.index) == [3])
                #expect(result.refused[0].reason.contains("other content"))
                let stored = try await repository.events(EventFilter(runIDs: ["r1"]), order: .ascending)
                #expect(stored.elements.map(\.event.durationMS) == [3, 0, 1, 2, 4])
            }
        }
    }

    @Test("A request that is to be stored whole leaves nothing behind when one event is refused")
    func whole() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(5)
            try await ledger.withWriter { writer in
                _ = try await writer.append([events[3]])
                let error = try await #require(throws: WriteError.self) {
                    try await writer.append(
                        [events[0], events[1], events[2], events[3].falsified, events[4]], policy: .whole)
                }
                #expect(error.code == .conflict)
                #expect(error.refused.map(\.index) == [3])
                #expect(!error.isRetryable)
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(1))
            #expect(try await ledger.value("select count(*) from event_batches") == Int64(1))
        }
    }

    @Test("Ordinals count from 0 without holes after duplicates are left out")
    func ordinals() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(10)
            let result = try await ledger.withRepository { repository in
                for index in [0, 4, 9] { try await repository.create(events[index]) }
                return try await repository.append(events)
            }
            #expect(result == AppendResult(acceptedCount: 7, duplicateCount: 3))
            let (ordinals, count): ([Int32], Int32) = try await ledger.withAdministrator { connection in
                try await connection.query(
                    """
                    select array_agg(ordinal order by duration_ms), min(event_count)
                    from workflow_events join event_batches b on b.id = batch_id
                    where batch_id = (select max(id) from event_batches)
                    """)[0].decode([Int32].self, Int32.self)
            }
            #expect(ordinals == Array(0..<7))
            #expect(count == 7)
        }
    }

    @Test("Events come back as they were sent, every field")
    func fields() async throws {
        try await withTestLedger { ledger in
            let event = WorkflowEvent(
                ts: Timestamp(microsecondsSince1970: 1_763_467_200_123_456), runID: "lauf-ä/1 \u{1F3B5}",
                node: "MASTERING", phase: .fail, durationMS: 1 << 53 - 1,
                metrics: ["whole": 42, "half": 0.5, "small": 0.000_25, "negative": -3],
                issues: ["", "comma, \"quote\" and {brace}", "zwei\nZeilen"], executionID: UUIDv7.next(),
                service: "tests",
                traceID: "4bf92f3577b34da6a3ce929d0e0e4736", spanID: "00f067aa0ba902b7")
            try await ledger.withRepository { repository in
                try await repository.create(event)
                let stored = try await repository.events().elements
                #expect(stored.map(\.event) == [event])
                // It is the same event when it comes again, though jsonb wrote its numbers anew.
                #expect(try await repository.append([event]).duplicateCount == 1)
            }
        }
    }

    @Test("The source of an event is the role that stored it, or the name given")
    func source() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(2)
            try await ledger.withWriter { writer in
                _ = try await writer.append([events[0]])
                _ = try await writer.append([events[1]], source: "token-7")
            }
            let sources = try await ledger.withRepository {
                try await $0.events(order: .ascending).elements.map(\.source)
            }
            #expect(sources == ["runledger_writer", "token-7"])
        }
    }

    @Test("A session that asks for less cannot commit a batch without waiting for the disk")
    func synchronousCommit() async throws {
        try await withTestLedger { ledger in
            let setting = try await PostgresConnection.withConnection(ledger.writer, logger: TestLedger.logger) {
                writer in
                _ = try await writer.execute("set synchronous_commit = off")
                _ = try await writer.execute("begin")
                _ = try await writer.execute(
                    "insert into event_batches (source, event_count, ts_min, ts_max) values ('s', 1, now(), now())")
                let setting = try await writer.query("show synchronous_commit")[0].decode(String.self)
                _ = try await writer.execute("rollback")
                return setting
            }
            #expect(setting == "on")
        }
    }
}
