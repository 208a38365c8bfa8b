import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Requests that come together")
struct CoalescingTests {
    @Test("Requests of several producers share one transaction, with a batch a source")
    func oneTransaction() async throws {
        try await withTestLedger { ledger in
            let requests = (0..<6).map { number in
                AppendRequest(numberedEvents(10, runID: "r\(number)"), source: number.isMultiple(of: 2) ? "a" : "b")
            }
            let results = try await ledger.withCommitter { await $0.store(requests) }
            #expect(try results.map { try $0.get() } == Array(repeating: AppendResult(acceptedCount: 10), count: 6))
            let (batches, transactions) = try await ledger.batchCounts()
            #expect(batches == 2)
            #expect(transactions == 1)
        }
    }

    @Test("Two sources whose names differ only in their bytes have a batch each")
    func sourcesByBytes() async throws {
        try await withTestLedger { ledger in
            let requests = ["caf\u{e9}", "cafe\u{301}"].map { AppendRequest(numberedEvents(1, runID: $0), source: $0) }
            _ = try await ledger.withCommitter { await $0.store(requests) }
            #expect(try await ledger.value("select count(distinct source) from event_batches") == Int64(2))
        }
    }

    @Test("Whoever comes while every lane is busy goes with the next transaction", .timeLimit(.minutes(10)))
    func queueing() async throws {
        try await withTestLedger { ledger in
            var settings = BatchWriter.Settings()
            settings.laneCount = 1
            try await ledger.withWriter(settings: settings) { writer in
                try await ledger.withAdministrator { blocker in
                    _ = try await blocker.execute("begin")
                    _ = try await blocker.execute("lock table event_batches in share mode")
                    try await withThrowingTaskGroup(of: AppendResult.self) { group in
                        group.addTask { try await writer.append(numberedEvents(10, runID: "first")) }
                        try await ledger.wait(until: "select exists (select from pg_locks where not granted)")
                        for number in 0..<20 {
                            group.addTask { try await writer.append(numberedEvents(10, runID: "r\(number)")) }
                        }
                        while writer.waitingEventCount < 200 { await Task.yield() }
                        _ = try await blocker.execute("rollback")
                        for try await result in group { #expect(result == AppendResult(acceptedCount: 10)) }
                    }
                }
            }
            let (batches, transactions) = try await ledger.batchCounts()
            #expect(batches == 2)
            #expect(transactions == 2)
        }
    }

    @Test("Each is answered as if alone when a neighbour's events cannot be stored")
    func neighbours() async throws {
        try await withTestLedger { ledger in
            let stored = numberedEvents(3, runID: "stored")
            let (good, other) = (numberedEvents(4, runID: "good"), numberedEvents(2, runID: "other"))
            let results = try await ledger.withCommitter { committer in
                _ = await committer.store([AppendRequest(stored)])
                return await committer.store([
                    AppendRequest(good),
                    AppendRequest([stored[0].falsified] + other, policy: .whole),
                    AppendRequest([stored[0].falsified] + other, policy: .partial),
                    AppendRequest(stored),
                    AppendRequest([]),
                    AppendRequest(good),
                ])
            }
            #expect(try results[0].get() == AppendResult(acceptedCount: 4))
            #expect(results[1].error?.code == .conflict)
            #expect(results[1].error?.refused.map(\.index) == [0])
            #expect(try results[2].get().acceptedCount == 2)
            #expect(try results[2].get().refused.map(\.index) == [0])
            #expect(try results[3].get() == AppendResult(duplicateCount: 3))
            #expect(try results[4].get() == AppendResult())
            #expect(try results[5].get() == AppendResult(duplicateCount: 4))
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(9))
        }
    }

    @Test("A request whose events break a rule spoils no neighbour's transaction")
    func checkedBefore() async throws {
        try await withTestLedger { ledger in
            let results = try await ledger.withCommitter { committer in
                await committer.store([
                    AppendRequest(numberedEvents(2, runID: "good")),
                    AppendRequest([WorkflowEvent(runID: "", node: .plan, phase: .start)], policy: .whole),
                ])
            }
            #expect(try results[0].get().acceptedCount == 2)
            #expect(
                results[1].error?.refused == [RefusedEvent(index: 0, reason: "/run_id must be 1 to 255 bytes long")])
            #expect(try await ledger.batchCounts().transactions == 1)
        }
    }

    @Test("A request beyond what may wait is told to come again, and nothing of it is stored", .timeLimit(.minutes(10)))
    func fullQueue() async throws {
        try await withTestLedger { ledger in
            var settings = BatchWriter.Settings()
            settings.laneCount = 1
            settings.maximumWaitingCount = 10
            try await ledger.withWriter(settings: settings) { writer in
                try await ledger.withAdministrator { blocker in
                    _ = try await blocker.execute("begin")
                    _ = try await blocker.execute("lock table event_batches in share mode")
                    async let first = writer.append(numberedEvents(1, runID: "first"))
                    try await ledger.wait(until: "select exists (select from pg_locks where not granted)")
                    async let second = writer.append(numberedEvents(10, runID: "second"))
                    while writer.waitingEventCount < 10 { await Task.yield() }
                    let error = await #expect(throws: WriteError.self) {
                        try await writer.append(numberedEvents(1, runID: "third"))
                    }
                    #expect(error?.code == .unavailable)
                    _ = try await blocker.execute("rollback")
                    #expect(try await first.acceptedCount + second.acceptedCount == 11)
                }
            }
        }
    }

    @Test("A transaction takes no more events and bytes of several requests than it may", .timeLimit(.minutes(10)))
    func batchLimits() async throws {
        try await withTestLedger { ledger in
            var settings = BatchWriter.Settings()
            settings.laneCount = 1
            settings.maximumBatchCount = 20
            try await ledger.withWriter(settings: settings) { writer in
                try await ledger.withAdministrator { blocker in
                    _ = try await blocker.execute("begin")
                    _ = try await blocker.execute("lock table event_batches in share mode")
                    try await withThrowingTaskGroup(of: AppendResult.self) { group in
                        group.addTask { try await writer.append(numberedEvents(1, runID: "first")) }
                        try await ledger.wait(until: "select exists (select from pg_locks where not granted)")
                        for number in 0..<5 {
                            group.addTask { try await writer.append(numberedEvents(10, runID: "r\(number)")) }
                        }
                        while writer.waitingEventCount < 50 { await Task.yield() }
                        _ = try await blocker.execute("rollback")
                        try await group.waitForAll()
                    }
                }
            }
            let counts = try await ledger.value(
                "select array_agg(event_count order by id) from event_batches", as: [Int32].self)
            #expect(counts == [1, 20, 20, 10])
        }
    }

    @Test("Committing wakes whoever listens, also when the writer ends at once", .timeLimit(.minutes(10)))
    func wakeUp() async throws {
        try await withTestLedger { ledger in
            try await withListener(
                ledger.reader, channel: ledger.database.wakeUpChannel, logger: TestLedger.logger
            ) { events in
                try await ledger.withRepository { try await $0.create(numberedEvents(1)[0]) }
                for await event in events {
                    if case .notification = event { return }
                }
                Issue.record("no notification came")
            }
        }
    }
}

extension TestLedger {

    /// How many batches there are, and how many transactions wrote them.
    fileprivate func batchCounts() async throws -> (batches: Int64, transactions: Int64) {
        try await withAdministrator { connection in
            try await connection.query("select count(*), count(distinct xmin::text) from event_batches")[0]
                .decode(Int64.self, Int64.self)
        }
    }
}
