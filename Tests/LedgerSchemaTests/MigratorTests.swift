import Foundation
import LedgerMigrations
import LedgerSchema
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Migrator") struct MigratorTests {
    @Test("It makes an empty database a ledger, once, and says what it did")
    func up() async throws {
        try await withMigrator { migrator in
            #expect(try await migrator.status().allSatisfy { $0.state == .pending })
            let steps = try await migrator.up()
            #expect(steps.map(\.version) == Migration.all.map(\.version))
            #expect(steps.allSatisfy { $0.direction == .up && $0.duration != nil })

            #expect(try await migrator.up() == [])
            let status = try await migrator.status()
            #expect(status.allSatisfy { $0.state == .applied && $0.appliedBy != nil })
            #expect(try await migrator.verify() == [])
        }
    }

    @Test("It goes to a version and on from there")
    func target() async throws {
        try await withMigrator { migrator in
            let first = try await migrator.up(to: 3)
            #expect(first.map(\.version) == [1, 2, 3])
            #expect(try await migrator.status().filter { $0.state == .pending }.map(\.version) == [4, 5, 6, 7, 8, 9])
            #expect(try await migrator.up(to: 2) == [])
            #expect(try await migrator.up().map(\.version) == [4, 5, 6, 7, 8, 9])
            await expectFailure(.unknownVersion) { try await migrator.up(to: 99) }
            await expectFailure(.unknownVersion) { try await migrator.down(to: -1) }
        }
    }

    @Test("A dry run says what would be done and changes nothing")
    func dryRun() async throws {
        try await withMigrator { migrator in
            #expect(try await migrator.up(dryRun: true).map(\.version) == Migration.all.map(\.version))
            #expect(try await migrator.status().allSatisfy { $0.state == .pending })
            _ = try await migrator.up()
            let steps = try await migrator.down(to: 5, dryRun: true)
            #expect(steps.map(\.version) == [9, 8, 7, 6])
            #expect(steps.allSatisfy { $0.duration == nil })
            #expect(try await migrator.verify() == [])
        }
    }

    @Test("Going down leaves nothing of the ledger, roles included")
    func down() async throws {
        try await withMigrator { migrator in
            let inventory: PostgresQuery = """
                select relname::text from pg_class where relnamespace = 'public'::regnamespace
                union all select nspname::text from pg_namespace where nspname !~ '^pg_'
                union all select rolname::text from pg_roles where rolname like \(migrator.schema + "%")
                order by 1
                """
            try await connected(migrator.configuration) { connection in
                let before = try await connection.column(inventory, as: String.self)
                _ = try await migrator.up()
                // An attached partition, and one that was detached.
                try await connection.execute(
                    script: """
                        set search_path = \(PostgresQuery.quote(identifier: migrator.schema));
                        select ensure_partition('2025-01-01'), ensure_partition('2025-02-01');
                        alter table workflow_events detach partition workflow_events_2025_01
                        """)
                let steps = try await migrator.down(to: 0)
                #expect(steps.map(\.version) == Migration.all.map(\.version).reversed())
                #expect(try await connection.column(inventory, as: String.self) == before)
                #expect(try await migrator.up().count == Migration.all.count)
            }
        }
    }

    @Test("Going down is refused while events are stored, unless it is meant for this very ledger")
    func downWithEvents() async throws {
        try await withMigrator { migrator in
            _ = try await migrator.up()
            var configuration = migrator.configuration
            configuration.searchPath = [migrator.schema]
            let id = try await connected(configuration) { connection in
                try await connection.ensurePartition("2025-01-01")
                try await connection.store([TestEvent()])
                return try await connection.value("select id::text from ledger", as: String.self)
            }
            let refused = await #expect(throws: SchemaError.self) { try await migrator.down(to: 6) }
            #expect(refused?.code == .eventsExist)
            #expect(refused?.message.contains("--destroy-events --ledger-id \(id)") == true)
            await expectFailure(.eventsExist) { try await migrator.down(to: 0, destroyEvents: true) }
            await expectFailure(.eventsExist) {
                try await migrator.down(to: 0, destroyEvents: true, ledgerID: UUID().uuidString)
            }
            await expectFailure(.eventsExist) { try await migrator.down(to: 0, ledgerID: id) }
            #expect(try await migrator.verify() == [])
            let steps = try await migrator.down(to: 0, destroyEvents: true, ledgerID: id.uppercased())
            #expect(steps.count == Migration.all.count)
        }
    }

    @Test("Several at once end with one ledger and no error")
    func concurrency() async throws {
        try await withMigrator { migrator in
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...4 { group.addTask { try await migrator.up().count } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts.sorted() == [0, 0, 0, Migration.all.count])
            #expect(try await migrator.verify() == [])
        }
    }

    @Test("Two databases of one cluster may make the same roles at the same time")
    func sharedRoles() async throws {
        try await withMigrator { first in
            let database = "\(first.schema)_twin"
            try await TestServer.run("create database \(identifier: database)", on: first.configuration)
            let twin = Migrator(
                TestServer.configuration(first.configuration, database: database), schema: first.schema,
                logger: testLogger)
            async let one = first.up()
            async let other = twin.up()
            let counts = try await [one.count, other.count]
            #expect(counts == [Migration.all.count, Migration.all.count])
            _ = try await twin.down(to: 0)
            // The other database still uses the roles.
            #expect(try await first.verify() == [])
            try await TestServer.run("drop database \(identifier: database)", on: first.configuration)
        }
    }

    @Test("While another session migrates it waits, then says which backend to wait for")
    func lock() async throws {
        try await withMigrator { migrator in
            try await connected(migrator.configuration) { holder in
                let key = MigrationLockProbe.key(schema: migrator.schema)
                try await holder.execute("select pg_advisory_lock(\(key))")
                let impatient = Migrator(
                    migrator.configuration, schema: migrator.schema, patience: .milliseconds(1), logger: testLogger)
                let error = await #expect(throws: SchemaError.self) { try await impatient.up() }
                #expect(error?.code == .locked)
                #expect(error?.isRetryable == true)
                #expect(error?.message.contains("backend \(holder.backendPID)") == true)
                // Looking is always possible.
                #expect(try await impatient.status().count == Migration.all.count)
            }
        }
    }
}
