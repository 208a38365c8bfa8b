import LedgerTestSupport
import LibPQ
import Testing

@Suite("Event tables") struct EventTableTests {
    private static let wrong = [
        ("run_id", TestEvent(run: "")), ("run_id", TestEvent(run: String(repeating: "ü", count: 128))),
        ("node", TestEvent(node: "")), ("node", TestEvent(node: String(repeating: "n", count: 129))),
        ("phase", TestEvent(phase: "begin")), ("duration_ms", TestEvent(durationMS: -1)),
        ("metrics", TestEvent(metrics: "[1]")),
    ]

    @Test("Values outside the contract are refused and named by constraint")
    func checks() async throws {
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            for (column, event) in Self.wrong {
                let error = try await refusal { try await writer.store([event]) }
                #expect(error?.sqlState == .checkViolation)
                #expect(error?.constraintName == "workflow_events_\(column)")
            }
            #expect(try await writer.value("select count(*) from event_batches", as: Int64.self) == 0)
        }
    }

    @Test("Issues are one-dimensional and have no NULL")
    func issues() async throws {
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            for array in ["array['a', null]", "array[['a'], ['b']]"] {
                let error = try await refusal {
                    try await writer.execute(
                        script: """
                            insert into workflow_events values ('r', '2025-01-01', gen_random_uuid(), 'N', 'end', 0,
                                '{}', \(array), null, null, null, null, 1, 0)
                            """)
                }
                #expect(error != nil)
            }
        }
    }

    @Test("Values at the limits are stored as they are")
    func limits() async throws {
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            let longest = TestEvent(
                run: String(repeating: "r", count: 255), node: String(repeating: "n", count: 128), phase: "fail",
                durationMS: 1 << 53 - 1, issues: ["", "ä"])
            try await writer.store([longest])
            let row = try await writer.query("select run_id, node, duration_ms, issues from workflow_events")[0]
            let (run, node, duration, issues) = try row.decode(String.self, String.self, Int64.self, [String].self)
            #expect(run == longest.run)
            #expect(node == longest.node)
            #expect(duration == longest.durationMS)
            #expect(issues == longest.issues)
        }
    }

    @Test("An identity is stored once")
    func identity() async throws {
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            let insert = """
                insert into workflow_events values ('r', '2025-01-01', '00000000-0000-0000-0000-000000000001', 'N',
                    'end', 0, '{}', '{}', null, null, null, null, 1, 0)
                """
            try await writer.execute(script: insert)
            let error = try await refusal { try await writer.execute(script: insert) }
            #expect(error?.sqlState == .uniqueViolation)
        }
    }

    @Test("A batch more than 24 hours ahead of the server is refused, one a little less is not")
    func future() async throws {
        try await withWriter { _, writer in
            func insert(_ ahead: String) async throws -> PostgresError? {
                try await refusal {
                    try await writer.execute(
                        script: """
                            insert into event_batches (source, event_count, ts_min, ts_max)
                            values ('x', 1, now(), now() + interval '\(ahead)')
                            """)
                }
            }
            let refused = try await insert("24 hours 1 minute")
            #expect(refused?.constraintName == "event_batches_ts_max_in_future")
            let stored = try await insert("23 hours 59 minutes")
            #expect(stored == nil)
        }
    }

    @Test("A batch has at least one event")
    func emptyBatch() async throws {
        try await withWriter { _, writer in
            let error = try await refusal {
                try await writer.execute(
                    script: """
                        insert into event_batches (source, event_count, ts_min, ts_max) values ('x', 0, now(), now())
                        """)
            }
            #expect(error?.constraintName == "event_batches_event_count")
        }
    }

    @Test("Whoever stores a batch or gives positions waits for the disk, whatever the session says")
    func durability() async throws {
        func setting(_ connection: PostgresConnection) async throws -> String {
            try await connection.value("show synchronous_commit", as: String.self)
        }
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            for value in ["off", "local", "remote_write"] {
                try await writer.execute(script: "set synchronous_commit = \(value)")
                let storing = try await writer.transaction { connection in
                    try await connection.insert([TestEvent()])
                    return try await setting(connection)
                }
                let between = try await setting(writer)
                let sequencing = try await writer.transaction { connection in
                    try await connection.sequence()
                    return try await setting(connection)
                }
                #expect([storing, between, sequencing] == ["on", value, "on"])
            }
        }
    }

    @Test("Idempotency keys are forgotten after 7 days")
    func ingestKeys() async throws {
        try await withWriter { ledger, writer in
            try await writer.execute(
                script: """
                    insert into ingest_keys (source, key, body_sha256, accepted, duplicates)
                    values ('a', 'k', sha256('x'), 1, 0), ('b', 'k', sha256('x'), 1, 0)
                    """)
            let again = try await refusal {
                try await writer.execute(
                    script: """
                        insert into ingest_keys (source, key, body_sha256, accepted, duplicates)
                        values ('a', 'k', sha256('y'), 1, 0)
                        """)
            }
            #expect(again?.sqlState == .uniqueViolation)
            #expect(try await writer.value("select expire_ingest_keys()", as: Int64.self) == 0)
            try await connected(ledger.administrator) { connection in
                try await connection.execute(
                    script: """
                        update ingest_keys set recorded_at = recorded_at - interval '7 days 1 second' where source = 'a'
                        """)
            }
            #expect(try await writer.value("select expire_ingest_keys()", as: Int64.self) == 1)
            #expect(try await writer.column("select source from ingest_keys", as: String.self) == ["b"])
        }
    }
}
