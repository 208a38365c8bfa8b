import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Requests under idempotency keys", .timeLimit(.minutes(10)))
struct IdempotencyTests {
    @Test("A request sent again gets the first answer, and nothing more is stored")
    func replay() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(3)
            // New ids, as for events that come without a time of their own.
            let again = events.map { WorkflowEvent(ts: $0.ts, runID: $0.runID, node: $0.node, phase: $0.phase) }
            try await ledger.withCommitter { committer in
                let first = await committer.store([.keyed(events)])
                #expect(first[0].value == AppendResult(acceptedCount: 3))
                for _ in 0..<2 {
                    let second = await committer.store([.keyed(again)])
                    #expect(second[0].value == .replay(acceptedCount: 3))
                }
            }
            #expect(try await ledger.counts() == .init(events: 3, batches: 1, keys: 1))
        }
    }

    @Test("The same key with another body is refused, whatever the events")
    func otherBody() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(3)
            try await ledger.withCommitter { committer in
                _ = await committer.store([.keyed(events)])
                for other in [events, [], numberedEvents(1, runID: "other")] {
                    let result = await committer.store([.keyed(other, body: 2)])
                    #expect(result[0].error?.code == .keyReused)
                    #expect(result[0].error?.isRetryable == false)
                }
                // The first is answered still.
                #expect(await committer.store([.keyed(events)])[0].value == .replay(acceptedCount: 3))
            }
            #expect(try await ledger.counts() == .init(events: 3, batches: 1, keys: 1))
        }
    }

    @Test("The same key of another source is another key")
    func otherSource() async throws {
        try await withTestLedger { ledger in
            let results = try await ledger.withCommitter { committer in
                await committer.store([
                    .keyed(numberedEvents(2, runID: "a"), source: "a"),
                    .keyed(numberedEvents(3, runID: "b"), source: "b", body: 2),
                ])
            }
            #expect(results.map { $0.value?.acceptedCount } == [2, 3])
            #expect(try await ledger.counts() == .init(events: 5, batches: 2, keys: 2))
        }
    }

    @Test("A request without events is remembered too")
    func empty() async throws {
        try await withTestLedger { ledger in
            try await ledger.withWriter { writer in
                let first = try await writer.append(.keyed([]))
                #expect(first == AppendResult())
                let second = try await writer.append(.keyed([]))
                #expect(second == .replay())
                let error = await #expect(throws: WriteError.self) {
                    try await writer.append(.keyed(numberedEvents(1), body: 2))
                }
                #expect(error?.code == .keyReused)
            }
            #expect(try await ledger.counts() == .init(events: 0, batches: 0, keys: 1))
        }
    }

    @Test("A request of nothing but duplicates is remembered with its counts")
    func duplicates() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(3)
            try await ledger.withCommitter { committer in
                _ = await committer.store([AppendRequest(events, source: "s")])
                let first = await committer.store([.keyed(events)])
                #expect(first[0].value == AppendResult(duplicateCount: 3))
                let second = await committer.store([.keyed(events)])
                #expect(second[0].value == .replay(duplicateCount: 3))
                let mixed = await committer.store([.keyed(numberedEvents(5), key: "mixed")])
                // Numbered events are new each time.
                #expect(mixed[0].value == AppendResult(acceptedCount: 5))
                let partly = await committer.store([.keyed(events + numberedEvents(2, runID: "r2"), key: "partly")])
                #expect(partly[0].value == AppendResult(acceptedCount: 2, duplicateCount: 3))
            }
            #expect(try await ledger.counts() == .init(events: 10, batches: 3, keys: 3))
        }
    }

    @Test("A refused request leaves its key free")
    func refused() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(3)
            let wrong = WorkflowEvent(ts: .noon(), runID: "", node: .plan, phase: .start)
            try await ledger.withCommitter { committer in
                _ = await committer.store([AppendRequest([events[0]], source: "s")])
                for bad in [events[0].falsified, wrong] {
                    let result = await committer.store([.keyed([events[1], bad])])
                    #expect(result[0].error?.refused.map(\.index) == [1])
                }
                let result = await committer.store([.keyed(events, body: 2)])
                #expect(result[0].value == AppendResult(acceptedCount: 2, duplicateCount: 1))
            }
            #expect(try await ledger.counts() == .init(events: 3, batches: 2, keys: 1))
        }
    }

    @Test("Of one request sent many times at once, by several writers, one stores and the rest get its answer")
    func concurrent() async throws {
        try await withTestLedger { ledger in
            let runs = (0..<12).map { _ in numberedEvents(4) }
            let results = try await ledger.withWriter { first in
                try await ledger.withWriter { second in
                    try await withThrowingTaskGroup(of: AppendResult.self) { group in
                        for (number, events) in runs.enumerated() {
                            let writer = number.isMultiple(of: 2) ? first : second
                            group.addTask { try await writer.append(.keyed(events)) }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                }
            }
            #expect(results.count { $0 == AppendResult(acceptedCount: 4) } == 1)
            #expect(results.count { $0 == .replay(acceptedCount: 4) } == 11)
            #expect(try await ledger.counts() == .init(events: 4, batches: 1, keys: 1))
        }
    }

    @Test("Requests under one key in one transaction are answered as if one came after the other")
    func sameKeyTogether() async throws {
        try await withTestLedger { ledger in
            let results = try await ledger.withCommitter { committer in
                await committer.store([
                    AppendRequest(numberedEvents(1, runID: "plain")),
                    .keyed(numberedEvents(2)),
                    .keyed(numberedEvents(2)),
                    .keyed(numberedEvents(2), body: 2),
                ])
            }
            #expect(results[0].value == AppendResult(acceptedCount: 1))
            #expect(results[1].value == AppendResult(acceptedCount: 2))
            #expect(results[2].value == .replay(acceptedCount: 2))
            #expect(results[3].error?.code == .keyReused)
            #expect(try await ledger.counts() == .init(events: 3, batches: 2, keys: 1))
        }
    }

    @Test("With a bad neighbour in its transaction, a request under a key is answered as if alone, and so is a replay")
    func neighbours() async throws {
        try await withTestLedger { ledger in
            let stored = numberedEvents(3, runID: "stored")
            let (good, plain) = (numberedEvents(4, runID: "good"), numberedEvents(2, runID: "plain"))
            try await ledger.withCommitter { committer in
                _ = await committer.store([.keyed(stored, key: "old")])
                let results = await committer.store([
                    .keyed(good, key: "good"),
                    .keyed([stored[0].falsified], key: "conflict"),
                    .keyed(stored, key: "old"),
                    AppendRequest(plain),
                    .keyed(stored, key: "again", body: 3),
                    .keyed([], key: "empty"),
                ])
                #expect(results[0].value == AppendResult(acceptedCount: 4))
                #expect(results[1].error?.code == .conflict)
                #expect(results[2].value == .replay(acceptedCount: 3))
                #expect(results[3].value == AppendResult(acceptedCount: 2))
                #expect(results[4].value == AppendResult(duplicateCount: 3))
                #expect(results[5].value == AppendResult())
                let replays = await committer.store([
                    .keyed([], key: "empty"), .keyed(good, key: "good"), .keyed(stored, key: "again", body: 3),
                ])
                #expect(
                    replays.map { $0.value } == [
                        .replay(), .replay(acceptedCount: 4), .replay(duplicateCount: 3),
                    ])
            }
            #expect(try await ledger.counts() == .init(events: 9, batches: 3, keys: 4))
        }
    }

    @Test("A request that brings nothing new is not counted as new when a listener is woken")
    func noWakeUp() async throws {
        try await withTestLedger { ledger in
            let counter = Counter()
            var settings = BatchWriter.Settings()
            settings.onCommit = { counter.add($0) }
            try await ledger.withWriter(settings: settings) { writer in
                for _ in 0..<3 { _ = try await writer.append(.keyed(numberedEvents(2))) }
                _ = try await writer.append(.keyed([], key: "empty"))
            }
            #expect(counter.values == [2])
        }
    }

    @Test(
        "A request whose COMMIT is cut off is stored once, acknowledged, and remembered",
        arguments: CuttingProxy.Cut.allCases)
    func lostCommit(cut: CuttingProxy.Cut) async throws {
        try await withTestLedger { ledger in
            try await ledger.withProxy(cuts: [cut]) { proxy, database in
                try await Self.withCommitter(database) { committer in
                    let first = await committer.store([.keyed(numberedEvents(50))])
                    #expect(first[0].value == AppendResult(acceptedCount: 50))
                    #expect(proxy.remainingCutCount == 0)
                    let again = await committer.store([.keyed(numberedEvents(50))])
                    #expect(again[0].value == .replay(acceptedCount: 50))
                }
            }
            #expect(try await ledger.counts() == .init(events: 50, batches: 1, keys: 1))
        }
    }

    @Test(
        "So is one that brings nothing but duplicates, at once and with its own answer",
        arguments: CuttingProxy.Cut.allCases)
    func lostCommitOfKey(cut: CuttingProxy.Cut) async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(5)
            try await ledger.withCommitter { _ = await $0.store([AppendRequest(events, source: "s")]) }
            try await ledger.withProxy(cuts: [cut]) { proxy, database in
                try await Self.withCommitter(database) { committer in
                    let first = await committer.store([.keyed(events)])
                    #expect(first[0].value == AppendResult(duplicateCount: 5))
                    #expect(proxy.remainingCutCount == 0)
                    let again = await committer.store([.keyed(events)])
                    #expect(again[0].value == .replay(duplicateCount: 5))
                }
            }
            #expect(try await ledger.counts() == .init(events: 5, batches: 1, keys: 1))
        }
    }

    @Test("A request given back because its COMMIT is cut off again and again is stored once when sent anew")
    func persistentCuts() async throws {
        try await withTestLedger { ledger in
            let cuts = Array(repeating: CuttingProxy.Cut.beforeServer, count: 4)
            try await ledger.withProxy(cuts: cuts) { _, database in
                try await Self.withCommitter(database) { committer in
                    let first = await committer.store([.keyed(numberedEvents(5))])
                    #expect(first[0].error?.isRetryable == true)
                    let second = await committer.store([.keyed(numberedEvents(5))])
                    #expect(second[0].value == AppendResult(acceptedCount: 5))
                }
            }
            #expect(try await ledger.counts() == .init(events: 5, batches: 1, keys: 1))
        }
    }

    @Test("A key that the schema does not take is refused, once and for all")
    func wrongKey() async throws {
        try await withTestLedger { ledger in
            let results = try await ledger.withCommitter { committer in
                await committer.store([.keyed(numberedEvents(2), key: "é"), AppendRequest(numberedEvents(1))])
            }
            #expect(results[0].error?.code == .refused)
            #expect(results[1].value?.acceptedCount == 1)
            #expect(try await ledger.counts() == .init(events: 1, batches: 1, keys: 0))
        }
    }

    @Test("Keys are forgotten after 7 days, and not before")
    func expiry() async throws {
        try await withTestLedger { ledger in
            try await ledger.withCommitter { committer in
                for key in ["old", "young", "new"] { _ = await committer.store([.keyed([], key: key)]) }
            }
            _ = try await ledger.withAdministrator { connection in
                try await connection.execute(
                    """
                    update ingest_keys set recorded_at = now() - case key
                        when 'old' then interval '7 days 1 s' when 'young' then interval '6 days 23 h'
                        else interval '0' end
                    """)
            }
            let count = try await withLedgerPool(ledger.database, logger: TestLedger.logger) { pool in
                try await KeyExpiry(pool: pool, logger: TestLedger.logger).expire()
            }
            #expect(count == 1)
            let keys = try await ledger.value("select array_agg(key order by key) from ingest_keys", as: [String].self)
            #expect(keys == ["new", "young"])
        }
    }

    @Test("Forgetting keys begins at once and ends when it is told to")
    func upkeep() async throws {
        try await withTestLedger { ledger in
            try await ledger.withCommitter { _ = await $0.store([.keyed([])]) }
            _ = try await ledger.withAdministrator {
                try await $0.execute("update ingest_keys set recorded_at = now() - interval '8 days'")
            }
            try await withLedgerPool(ledger.database, logger: TestLedger.logger) { pool in
                let upkeep = Task { await KeyExpiry(pool: pool, logger: TestLedger.logger).run() }
                try await ledger.wait(until: "select not exists (select from ingest_keys)")
                upkeep.cancel()
                await upkeep.value
            }
        }
    }

    private static func withCommitter(
        _ database: LedgerDatabase, _ body: (BatchCommitter) async throws -> Void
    ) async throws {
        try await withLedgerPool(database, logger: TestLedger.logger) { pool in
            try await body(BatchCommitter(database: database, pool: pool, logger: TestLedger.logger))
        }
    }
}
