import LedgerMigrations
import LedgerSchema
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Roles") struct RoleTests {
    @Test("The reader runs the guide's three queries as they are written")
    func guide() async throws {
        try await withWriter { ledger, writer in
            try await writer.ensurePartition("2025-01-01")
            try await writer.store([
                TestEvent(), TestEvent(second: 2, phase: "fail", durationMS: 2000, issues: ["no rhyme"]),
                TestEvent(second: 3, node: "STYLE"), TestEvent(second: 4, node: "STYLE", phase: "end", durationMS: 500),
            ])
            // Without a search path from the client, as in plain psql.
            var reader = ledger.reader
            reader.searchPath = []
            try await connected(reader) { connection in
                let failures = try await connection.query(
                    """
                    -- Find all failed lyrics generations
                    SELECT * FROM workflow_events
                    WHERE node = 'LYRICS' AND phase = 'fail'
                    ORDER BY ts DESC;
                    """)
                #expect(failures.count == 1)
                let averages = try await connection.query(
                    """
                    -- Average duration by node
                    SELECT node, AVG(duration_ms) as avg_duration
                    FROM workflow_events
                    WHERE phase = 'end'
                    GROUP BY node;
                    """)
                let nodes = try averages.map { try $0.decode(String.self) }
                #expect(nodes == ["STYLE"])
                let issues = try await connection.query(
                    """
                    -- Find runs with issues
                    SELECT DISTINCT run_id, issues
                    FROM workflow_events
                    WHERE array_length(issues, 1) > 0;
                    """)
                let (run, messages) = try issues[0].decode(String.self, [String].self)
                #expect(run == "run-1")
                #expect(messages == ["no rhyme"])
            }
        }
    }

    private static let notForWriters = [
        "update workflow_events set node = 'X'",
        "delete from workflow_events",
        "truncate workflow_events",
        "update event_batches set first_position = 1",
        "insert into event_batches (source, event_count, ts_min, ts_max, first_position) values ('x', 1, now(), now(), 1)",
        "insert into event_batches (source, event_count, ts_min, ts_max, recorded_at) values ('x', 1, now(), now(), now())",
        "delete from ingest_keys",
        "update ledger set partition_maximum = 1",
        "update sequencing set floor = 1",
        "create table extra (n int)",
        "insert into workflow_events_2025_01 select * from workflow_events",
        "select * from workflow_events_2025_01",
        "insert into schema_migrations (version, name, sha256, duration_ms) values (99, 'x', sha256(''), 0)",
    ]

    @Test("The writer stores and asks, and may do nothing else")
    func writer() async throws {
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            for statement in Self.notForWriters {
                let error = try await refusal { try await writer.execute(script: statement) }
                #expect(error?.sqlState == .insufficientPrivilege, "\(statement)")
            }
        }
    }

    private static let notForReaders = [
        "insert into event_batches (source, event_count, ts_min, ts_max) values ('x', 1, now(), now())",
        "insert into workflow_events select * from workflow_events",
        "select ensure_partition(now())",
        "select expire_ingest_keys()",
        "select * from ingest_keys",
        "create table extra (n int)",
    ]

    @Test("The reader reads and has positions given, and may do nothing else")
    func reader() async throws {
        try await withTestLedger { ledger in
            try await connected(ledger.reader) { reader in
                for statement in Self.notForReaders {
                    let error = try await refusal { try await reader.execute(script: statement) }
                    #expect(error?.sqlState == .insufficientPrivilege, "\(statement)")
                }
                #expect(try await reader.sequence() == 0)
                for relation in ["ledger_events", "events", "executions", "runs", "event_batches", "ledger"] {
                    let rows = try await reader.query("select * from \(identifier: relation)")
                    #expect(rows.count == (relation == "ledger" ? 1 : 0))
                }
            }
        }
    }

    @Test("A function of the owner's cannot be made to run a table of the caller's")
    func searchPath() async throws {
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            try await writer.store([TestEvent()])
            try await writer.execute(
                script: """
                    create temp table event_batches (id bigint, first_position bigint, event_count int);
                    create temp table sequencing (floor bigint);
                    set search_path = pg_temp, runledger
                    """)
            let head = try await writer.value("select runledger.sequence()", as: Int64.self)
            #expect(head == 1)
        }
    }

    @Test("Where the login may make neither roles nor schemas, the printed script is all that is missing")
    func administratorScript() async throws {
        try await withMigrator { migrator in
            let login = "\(migrator.schema)_login"
            try await TestServer.run("create role \(identifier: login) login", on: migrator.configuration)
            let plain = Migrator(
                TestServer.adding("user", login, to: migrator.configuration), schema: migrator.schema,
                logger: testLogger)

            let error = await #expect(throws: SchemaError.self) { try await plain.up() }
            #expect(error?.underlying?.sqlState == .insufficientPrivilege)
            #expect(error?.message.contains("migrate up --print-roles") == true)
            #expect(error?.steps == [])

            let script = try RoleScript.sql(schema: plain.schema, roles: plain.roles, login: login)
            try await connected(migrator.configuration) { try await $0.execute(script: script) }
            #expect(try await plain.up().count == Migration.all.count)
            #expect(try await plain.verify() == [])
            #expect(try await plain.down(to: 0).count == Migration.all.count)
            // What the administrator made is the administrator's to drop.
            #expect(try await plain.up().count == Migration.all.count)
            try await connected(migrator.configuration) { connection in
                try await connection.execute(
                    script: "drop schema \(migrator.schema) cascade; drop role \(login)")
            }
        }
    }

    @Test("A login that may create roles needs no administrator")
    func roleCreator() async throws {
        try await withMigrator { migrator in
            let login = "\(migrator.schema)_login"
            try await connected(migrator.configuration) { connection in
                let database = try await connection.value("select current_database()::text", as: String.self)
                try await connection.execute(
                    script: """
                        create role \(login) login createrole;
                        grant create on database \(PostgresQuery.quote(identifier: database)) to \(login)
                        """)
            }
            let migrating = Migrator(
                TestServer.adding("user", login, to: migrator.configuration), schema: migrator.schema,
                logger: testLogger)
            #expect(try await migrating.up().count == Migration.all.count)
            #expect(try await migrating.down(to: 0).count == Migration.all.count)
            try await connected(migrator.configuration) { connection in
                try await connection.execute(script: "drop owned by \(login); drop role \(login)")
            }
        }
    }
}
