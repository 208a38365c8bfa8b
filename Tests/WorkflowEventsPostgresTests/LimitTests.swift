import Foundation
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Limits of what is stored")
struct LimitTests {
    @Test("An event more than 24 hours ahead is refused by index, and makes no partition")
    func future() async throws {
        try await withTestLedger { ledger in
            var events = numberedEvents(4)
            events[1].ts = Timestamp(Date(timeIntervalSinceNow: 25 * 3600))
            events[2].ts = Timestamp(Date(timeIntervalSinceNow: 400 * 24 * 3600))
            let result = try await ledger.withRepository { try await $0.append(events) }
            #expect(result.acceptedCount == 2)
            #expect(result.refused.map(\.index) == [1, 2])
            #expect(result.refused.allSatisfy { $0.reason.contains("24 hours ahead") })
            #expect(try await ledger.value("select count(*) from partitions()") == Int64(1))
        }
    }

    @Test("An event more than 24 hours ahead is refused where its month is there already, too")
    func futureInKnownPartition() async throws {
        try await withTestLedger { ledger in
            var (now, ahead) = (numberedEvents(1)[0], numberedEvents(1)[0])
            now.ts = Timestamp(Date(timeIntervalSinceNow: 23 * 3600))
            ahead.ts = Timestamp(Date(timeIntervalSinceNow: 25 * 3600))
            _ = try await ledger.value(
                "select count(*) from ensure_partition(now() + interval '25 hours')", as: Int64.self)
            let result = try await ledger.withRepository { try await $0.append([ahead, now]) }
            #expect(result.acceptedCount == 1)
            #expect(result.refused.map(\.index) == [0])
        }
    }

    @Test("Where one more partition would be too many, just its events are refused, by index")
    func partitionLimit() async throws {
        try await withTestLedger { ledger in
            _ = try await ledger.withAdministrator { try await $0.execute("update ledger set partition_maximum = 2") }
            var events = numberedEvents(5)
            events[1].ts = .noon(-365 * 86_400)
            events[3].ts = .noon(-2 * 365 * 86_400)
            try await ledger.withRepository { repository in
                _ = try await repository.append([events[0], events[1]])
                let result = try await repository.append(events)
                #expect(result.acceptedCount == 2)
                #expect(result.duplicateCount == 2)
                #expect(result.refused.map(\.index) == [3])
                #expect(result.refused[0].reason.contains("partition number 3 of at most 2"))
            }
        }
    }

    @Test("A full ledger still takes events of the partitions it has, from a writer that does not know them yet")
    func partitionLimitOfMany() async throws {
        try await withTestLedger { ledger in
            _ = try await ledger.withAdministrator { try await $0.execute("update ledger set partition_maximum = 1") }
            let stored = numberedEvents(1)
            _ = try await ledger.withRepository { try await $0.append(stored) }
            var events = numberedEvents(20)
            for index in 0..<19 { events[index].ts = .noon(Int64(index - 400) * 86_400) }
            let result = try await ledger.withRepository { try await $0.append(events) }
            #expect(result.acceptedCount == 1)
            #expect(result.refused.map(\.index) == Array(0..<19))
            #expect(result.refused.allSatisfy { $0.reason.contains("partition number 2 of at most 1") })
        }
    }

    @Test("Months far apart are stored in one batch, in the order sent")
    func monthsApart() async throws {
        try await withTestLedger { ledger in
            var events = numberedEvents(4)
            events[0].ts = Timestamp(microsecondsSince1970: -1)
            events[1].ts = .noon()
            events[2].ts = Timestamp(microsecondsSince1970: -62_135_596_800_000_000)
            events[3].ts = Timestamp(microsecondsSince1970: 946_684_800_000_000)
            try await ledger.withRepository { repository in
                let result = try await repository.append(events)
                #expect(result.acceptedCount == 4)
                #expect(try await repository.events(order: .ascending).elements.map(\.event) == events)
                #expect(try await repository.append(events).duplicateCount == 4)
            }
            #expect(try await ledger.value("select count(*) from partitions()") == Int64(4))
        }
    }

    @Test("A 300 KiB event is refused by index with its size, and its neighbours are stored")
    func large() async throws {
        try await withTestLedger { ledger in
            var events = numberedEvents(3)
            events[0].issues = Array(repeating: String(repeating: "y", count: 8000), count: 31)
            events[1].issues = Array(repeating: String(repeating: "y", count: 8000), count: 38)
            try await ledger.withRepository { repository in
                let result = try await repository.append(events)
                #expect(result.acceptedCount == 2)
                #expect(result.refused.map(\.index) == [1])
                #expect(result.refused[0].reason.contains("bytes as JSON, over 262144"))
                #expect(try await repository.events(order: .ascending).elements.first?.event == events[0])
            }
        }
    }

    @Test("What PostgreSQL cannot hold is refused by name before it is sent")
    func unstorable() async throws {
        try await withTestLedger { ledger in
            var events = numberedEvents(6)
            events[0].runID = "a\u{0}b"
            events[1].issues = ["a\u{0}b"]
            events[2].durationMS = -1
            events[3].ts = Timestamp(microsecondsSince1970: .min)
            events[4].ts = Timestamp(microsecondsSince1970: .max)
            let result = try await ledger.withRepository { try await $0.append(events) }
            #expect(result.acceptedCount == 1)
            #expect(
                result.refused.map(\.reason) == [
                    "/run_id must not contain control characters",
                    "/issues/0 must not contain U+0000",
                    "/duration_ms must be an integer from 0 to 9007199254740991",
                    "/ts must lie in the years 0000 to 9999",
                    "/ts must lie in the years 0000 to 9999",
                ])
        }
    }

    @Test("A source that cannot be stored refuses the request and no event of it")
    func wrongSource() async throws {
        try await withTestLedger { ledger in
            try await ledger.withWriter { writer in
                for source in ["", String(repeating: "s", count: 256)] {
                    let error = try await #require(throws: WriteError.self) {
                        try await writer.append(numberedEvents(3), source: source)
                    }
                    #expect(error.code == .refused)
                    #expect(error.refused == [])
                    #expect(error.message.contains("event_batches_source"))
                }
            }
        }
    }

    @Test("A database without a ledger says what to do")
    func notMigrated() async throws {
        try await withTestDatabase { database in
            let ledger = LedgerDatabase(url: database.connectionString)
            let error = await #expect(throws: WriteError.self) {
                try await EventRepository.withRepository(ledger) { try await $0.create(numberedEvents(1)[0]) }
            }
            #expect(error?.code == .schema)
            #expect(error?.message.contains("runledger migrate up") == true)
        }
    }
}
