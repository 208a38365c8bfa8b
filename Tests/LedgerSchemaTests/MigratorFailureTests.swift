import LedgerMigrations
import LedgerSchema
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Migrator, when things go wrong") struct MigratorFailureTests {
    private static func extended(by sql: String) -> [Migration] {
        let version = Migration.all.count + 1
        return Migration.all + [
            Migration(
                version: version, name: "more", up: MigrationFile(name: "more.up.sql", sql: sql),
                down: MigrationFile(name: "more.down.sql", sql: "select 1"))
        ]
    }

    @Test("A failing migration is rolled back, and the error names file, line and what was applied before")
    func failure() async throws {
        let sql = "create table extra (n int);\n\nselect nonsense from extra;\n"
        try await withMigrator(migrations: Self.extended(by: sql)) { migrator in
            let error = try #require(await #expect(throws: SchemaError.self) { try await migrator.up() })
            #expect(error.code == .migrationFailed)
            #expect(error.fileName == "more.up.sql")
            #expect(error.line == 3)
            #expect(error.message.hasPrefix("more.up.sql, line 3: "))
            #expect(error.steps.map(\.version) == Migration.all.map(\.version))
            #expect(error.underlying?.sqlState == .undefinedColumn)
            try await connected(migrator.configuration) { connection in
                let table = PostgresQuery.quote(identifier: migrator.schema) + ".extra"
                let isGone = try await connection.value("select to_regclass(\(table)) is null", as: Bool.self)
                #expect(isGone)
            }
            #expect(try await migrator.status().last?.state == .pending)
        }
    }

    @Test("A migration without a transaction may build an index concurrently")
    func withoutTransaction() async throws {
        let sql = """
            -- runledger: no-transaction
            create index concurrently if not exists extra on event_batches (source)
            """
        try await withMigrator(migrations: Self.extended(by: sql)) { migrator in
            let steps = try await migrator.up()
            #expect(steps.last?.name == "more")
            #expect(try await migrator.verify() == [])
        }
    }

    @Test("A lock that somebody holds ends it after the lock timeout, with the advice to run it again")
    func lockTimeout() async throws {
        try await withMigrator(migrations: Self.extended(by: "alter table ledger add column extra int")) { migrator in
            let previous = Migrator(migrator.configuration, schema: migrator.schema, logger: testLogger)
            _ = try await previous.up()
            try await connected(migrator.configuration) { holder in
                try await holder.execute(
                    script: "begin; lock table \(PostgresQuery.quote(identifier: migrator.schema)).ledger")
                let impatient = Migrator(
                    migrator.configuration, schema: migrator.schema, lockTimeout: .milliseconds(20),
                    migrations: Self.extended(by: "alter table ledger add column extra int"), logger: testLogger)
                let error = await #expect(throws: SchemaError.self) { try await impatient.up() }
                #expect(error?.underlying?.sqlState == .lockNotAvailable)
                #expect(error?.message.contains("run this again") == true)
                try await holder.execute(script: "rollback")
            }
            #expect(try await migrator.up().count == 1)
        }
    }

    @Test("A file that changed after it was applied stops everything and is named")
    func changed() async throws {
        try await withMigrator(migrations: Self.extended(by: "select 1")) { migrator in
            _ = try await migrator.up()
            let edited = Migrator(
                migrator.configuration, schema: migrator.schema, migrations: Self.extended(by: "select 2"),
                logger: testLogger)
            let error = await #expect(throws: SchemaError.self) { try await edited.up() }
            #expect(error?.code == .changedMigration)
            #expect(error?.message.contains("(more)") == true)
            await expectFailure(.changedMigration) { try await edited.down(to: 0) }
            #expect(try await edited.status().last?.state == .changed)
            let findings = try await edited.verify()
            #expect(findings.count == 1)
        }
    }

    @Test("A schema newer than the build is left alone, with the advice to upgrade")
    func newer() async throws {
        try await withMigrator(migrations: Self.extended(by: "select 1")) { migrator in
            _ = try await migrator.up()
            let older = Migrator(migrator.configuration, schema: migrator.schema, logger: testLogger)
            let error = await #expect(throws: SchemaError.self) { try await older.up() }
            #expect(error?.code == .newerSchema)
            #expect(error?.message.contains("Upgrade runledger") == true)
            await expectFailure(.newerSchema) { try await older.down(to: 0) }
            #expect(try await older.status().last?.state == .superseded)
        }
    }

    @Test(
        "A foreign table under a name of ours is refused by name",
        arguments: [
            "workflow_events", "runs", "schema_migrations",
        ])
    func foreign(table: String) async throws {
        try await withMigrator { migrator in
            try await connected(migrator.configuration) { connection in
                try await connection.execute(
                    script: """
                        create schema \(migrator.schema);
                        create table \(migrator.schema).\(table) (version text)
                        """)
            }
            let error = await #expect(throws: SchemaError.self) { try await migrator.up() }
            #expect(error?.code == .foreignObject)
            #expect(error?.message.contains("a \(table) that runledger did not make") == true)
        }
    }

    @Test("A schema in which everybody may create objects is refused")
    func openSchema() async throws {
        try await withMigrator { migrator in
            try await connected(migrator.configuration) { connection in
                try await connection.execute(
                    script: "create schema \(migrator.schema); grant create on schema \(migrator.schema) to public")
            }
            let error = await #expect(throws: SchemaError.self) { try await migrator.up() }
            #expect(error?.underlying?.sqlState == .openSchema)
            #expect(error?.message.contains("revoke create on schema") == true)
        }
    }

    @Test("A database in another encoding is refused")
    func encoding() async throws {
        try await withMigrator { migrator in
            let name = "\(migrator.schema)_latin"
            try await TestServer.run(
                """
                create database \(identifier: name) template template0 encoding 'LATIN1' locale 'C'
                """, on: migrator.configuration)
            let latin = Migrator(
                TestServer.configuration(migrator.configuration, database: name), schema: migrator.schema,
                logger: testLogger)
            await expectFailure(.unsupportedServer) { try await latin.up() }
            try await TestServer.run("drop database \(identifier: name)", on: migrator.configuration)
        }
    }

    @Test("Missing objects, and guards and counters that do not work, are found")
    func findings() async throws {
        try await withMigrator { migrator in
            _ = try await migrator.up()
            func verify(after script: String) async throws -> [String] {
                try await connected(migrator.configuration) { connection in
                    try await connection.execute(script: "set search_path = \(migrator.schema); \(script)")
                }
                return try await migrator.verify()
            }
            let guards = try await verify(
                after: """
                    select ensure_partition('2025-01-01');
                    alter table workflow_events_2025_01 disable trigger refuse_change;
                    alter table ledger enable replica trigger refuse_change;
                    alter table ledger disable trigger refuse_another_identity;
                    alter table event_batches disable trigger refuse_update;
                    alter table ledger disable trigger forget_rollups;
                    drop trigger refuse_update on access_tokens
                    """)
            let open = [
                ("refuse_update", "access_tokens"), ("refuse_update", "event_batches"), ("forget_rollups", "ledger"),
                ("refuse_another_identity", "ledger"), ("refuse_change", "ledger"),
                ("refuse_change", "workflow_events_2025_01"),
            ]
            #expect(
                guards
                    == open.map {
                        ($0 == "forget_rollups"
                            ? "Rollups stay as they are when the last node becomes another"
                            : "What is recorded can be changed")
                            + ": the trigger \($0) of \($1) is missing or switched off."
                    })
            let numbering = try await verify(
                after: """
                    alter table ledger enable always trigger refuse_change;
                    alter table ledger enable always trigger refuse_another_identity;
                    alter table event_batches enable always trigger refuse_update;
                    alter table ledger enable always trigger forget_rollups;
                    create trigger refuse_update before update on access_tokens
                        for each row execute function refuse_change();
                    alter table access_tokens enable always trigger refuse_update;
                    alter table workflow_events_2025_01 enable always trigger refuse_change;
                    alter table event_batches enable trigger begin_batch;
                    insert into event_batches (source, event_count, ts_min, ts_max)
                        select 'test', 1, '2025-01-01', '2025-01-01' from generate_series(1, 3);
                    select setval('event_batches_id_seq', 2)
                    """)
            #expect(numbering.count == 2)
            #expect(numbering.allSatisfy { $0.hasPrefix("Batches are not numbered as sequence() needs: ") })
            let missing = try await verify(
                after: """
                    alter table event_batches enable always trigger begin_batch;
                    drop table stream_tickets;
                    drop function expire_ingest_keys()
                    """)
            #expect(missing == ["Relation stream_tickets is missing.", "Function expire_ingest_keys() is missing."])
        }
    }

    @Test("A login that is not a member of the owner is told so, and changes nothing")
    func outsider() async throws {
        try await withMigrator(migrations: Self.extended(by: "select 1")) { migrator in
            _ = try await Migrator(migrator.configuration, schema: migrator.schema, logger: testLogger).up()
            let reading = Migrator(
                TestServer.adding("user", migrator.roles.reader, to: migrator.configuration), schema: migrator.schema,
                migrations: Self.extended(by: "select 1"), logger: testLogger)
            #expect(try await reading.status().last?.state == .pending)
            await expectFailure(.notPermitted) { try await reading.up() }
            await expectFailure(.notPermitted) { try await reading.down(to: 0) }
            #expect(try await migrator.status().last?.state == .pending)
        }
    }
}
