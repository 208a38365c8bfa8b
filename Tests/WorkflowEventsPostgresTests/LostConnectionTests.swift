import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Connections lost while a batch is stored", .timeLimit(.minutes(10)))
struct LostConnectionTests {
    @Test(
        "A batch whose COMMIT is cut off is stored exactly once and acknowledged", arguments: CuttingProxy.Cut.allCases)
    func commit(cut: CuttingProxy.Cut) async throws {
        try await withTestLedger { ledger in
            try await ledger.withProxy(cuts: [cut]) { proxy, database in
                let events = numberedEvents(50)
                try await EventRepository.withRepository(database, logger: TestLedger.logger) { repository in
                    let result = try await repository.append(events)
                    #expect(result == AppendResult(acceptedCount: 50))
                    #expect(proxy.remainingCutCount == 0)
                    #expect(try await repository.append(events) == AppendResult(duplicateCount: 50))
                    #expect(try await repository.events(order: .ascending).elements.map(\.event) == events)
                }
            }
            #expect(try await ledger.value("select count(*) from event_batches") == Int64(1))
        }
    }

    @Test("A batch whose COMMIT is cut off again and again is given back, and stored once when it is sent anew")
    func persistentCuts() async throws {
        try await withTestLedger { ledger in
            let cuts = Array(repeating: CuttingProxy.Cut.beforeServer, count: 4)
            try await ledger.withProxy(cuts: cuts) { proxy, database in
                let events = numberedEvents(50)
                try await EventRepository.withRepository(database, logger: TestLedger.logger) { repository in
                    let error = await #expect(throws: WriteError.self) { try await repository.append(events) }
                    #expect(error?.isRetryable == true)
                    #expect(proxy.remainingCutCount == 0)
                    let result = try await repository.append(events)
                    #expect(result == AppendResult(acceptedCount: 50))
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(50))
        }
    }

    @Test("A client that went silent in the middle of a COPY of the same events is ended, and the batch is stored")
    func silentClient() async throws {
        try await withTestLedger { ledger in
            // PostgreSQL collects a thousand rows before it inserts the first, and 18 waits for 64 KiB at a time.
            let events = numberedEvents(2500)
            var settings = BatchWriter.Settings()
            settings.transactionTimeout = .milliseconds(500) * slowness
            let result = try await PostgresConnection.withConnection(ledger.writer, logger: TestLedger.logger) {
                silent in
                try await ledger.withSilentCopy(of: events, on: silent) {
                    try await ledger.withWriter(settings: settings) { try await $0.append(events) }
                }
            }
            #expect(result == AppendResult(acceptedCount: 2500))
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(2500))
            #expect(try await ledger.value("select count(*) from event_batches") == Int64(1))
        }
    }

    @Test("A batch whose server process is terminated in the middle of its COPY is stored exactly once")
    func terminated() async throws {
        try await withTestLedger { ledger in
            let events = numberedEvents(200)
            try await ledger.withWriter { writer in
                _ = try await writer.append(numberedEvents(1, runID: "makes the partition"))
                try await ledger.withAdministrator { blocker in
                    // Holding one key of the batch keeps its COPY waiting in the middle.
                    _ = try await blocker.execute("begin")
                    _ = try await blocker.execute(
                        """
                        insert into workflow_events
                        select 'r1', \(PostgresTimestamp(events[100].ts)), \(events[100].id), 'N', 'end', 0, '{}', '{}',
                               null, null, null, null, 1, 7
                        """)
                    async let result = writer.append(events)
                    try await ledger.wait(until: Self.copyWaits)
                    _ = try await ledger.value(
                        """
                        select bool_and(pg_terminate_backend(pid, 5000)) from pg_stat_activity
                        where datname = current_database() and usename = 'runledger_writer' and wait_event_type = 'Lock'
                        """, as: Bool.self)
                    try await ledger.wait(until: Self.copyWaits)
                    _ = try await blocker.execute("rollback")
                    #expect(try await result == AppendResult(acceptedCount: 200))
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events where run_id = 'r1'") == Int64(200))
            #expect(try await ledger.value("select count(*) from event_batches") == Int64(2))
        }
    }

    private static let copyWaits: PostgresQuery = """
        select exists (select from pg_stat_activity
                       where datname = current_database() and usename = 'runledger_writer' and query like 'copy %'
                         and wait_event_type = 'Lock')
        """

    @Test("A batch that needs a partition while the table is held is given back in time, and stored when sent anew")
    func heldTable() async throws {
        try await withTestLedger { ledger in
            var settings = BatchWriter.Settings()
            settings.transactionTimeout = .milliseconds(300) * slowness
            try await ledger.withWriter(settings: settings) { writer in
                try await ledger.withAdministrator { blocker in
                    _ = try await blocker.execute("begin")
                    _ = try await blocker.execute("lock table workflow_events in share update exclusive mode")
                    let error = await #expect(throws: WriteError.self) { try await writer.append(numberedEvents(3)) }
                    #expect(error?.isRetryable == true)
                    _ = try await blocker.execute("rollback")
                }
                #expect(try await writer.append(numberedEvents(3)).acceptedCount == 3)
            }
        }
    }

    @Test("An idle connection that the server has ended costs a batch nothing")
    func idleConnection() async throws {
        try await withTestLedger { ledger in
            try await ledger.withWriter { writer in
                for number in 0..<3 {
                    #expect(try await writer.append(numberedEvents(5, runID: "r\(number)")).acceptedCount == 5)
                    _ = try await ledger.value(
                        """
                        select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
                        where datname = current_database() and usename = 'runledger_writer'
                        """, as: Int64.self)
                }
            }
        }
    }
}

extension TestLedger {
    /// The path of the server's socket.
    func serverSocket() async throws -> String {
        try await value(
            "select split_part(current_setting('unix_socket_directories'), ',', 1) || '/.s.PGSQL.' || current_setting('port')"
        )
    }

    /// Runs `body` with a proxy and the ledger behind it.
    func withProxy(
        cuts: [CuttingProxy.Cut], _ body: (CuttingProxy, LedgerDatabase) async throws -> Void
    ) async throws {
        let proxy = try CuttingProxy(server: await serverSocket(), cuts: cuts)
        defer { proxy.stop() }
        try proxy.start()
        try await body(proxy, database(as: TestServer.adding("host", proxy.directory, to: writer)))
    }

    /// Runs `body` while `connection` is in the middle of a COPY of `events` and sends nothing more.
    fileprivate func withSilentCopy<Value: Sendable>(
        of events: [WorkflowEvent], on connection: PostgresConnection, _ body: () async throws -> Value
    ) async throws -> Value {
        _ = try await connection.query("select from ensure_partition(\(PostgresTimestamp(events[0].ts)))")
        var value: Value?
        let ending = await #expect(throws: PostgresError.self) {
            try await connection.transaction { connection in
                try await connection.copyIn(EventCopy.statement) { copy in
                    // In many messages: libpq keeps the end of the last one, and the server waits for all of one.
                    let rows = Self.rows(of: events)
                    for start in stride(from: 0, to: rows.count, by: 4096) {
                        try await copy.write(Array(rows[start..<min(start + 4096, rows.count)]))
                    }
                    try await wait(
                        until: """
                            select exists (select from pg_stat_progress_copy
                                           where pid = \(connection.backendPID) and tuples_processed > 1200)
                            """)
                    value = try await body()
                }
            }
        }
        #expect(ending?.code == .connectionLost, "\(ending?.message ?? "no error")")
        return try #require(value)
    }

    /// The beginning of a COPY of `events`.
    private static func rows(of events: [WorkflowEvent]) -> [UInt8] {
        // Without the mark of its end.
        Array(EventCopy.encode([EventBatch(events: events)], batchIDs: [.max]).dropLast(2))
    }
}
