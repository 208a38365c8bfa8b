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
            #expect(error?.underlying?.sqlState == .insufficientPrivilege)
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

    @Test("Missing objects and guards that are switched off are found")
    func findings() async throws {
        try await withMigrator { migrator in
            _ = try await migrator.up()
            try await connected(migrator.configuration) { connection in
                try await connection.execute(
                    script: """
                        set search_path = \(migrator.schema);
                        select ensure_partition('2025-01-01');
                        drop view runs;
                        drop function expire_ingest_keys();
                        alter table workflow_events_2025_01 disable trigger refuse_change;
                        alter table ledger enable replica trigger refuse_change;
                        alter table event_batches enable trigger begin_batch
                        """)
            }
            let findings = try await migrator.verify()
            #expect(
                findings.map { $0.prefix(while: { $0 != ":" }).prefix(40) } == [
                    "Relation runs is missing.", "Function expire_ingest_keys() is missing",
                    "Table ledger can be changed", "Table workflow_events_2025_01 can be cha",
                    "Table event_batches does not number its ",
                ])
        }
    }
}
