import LedgerSchema
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Ledger contract") struct LedgerContractTests {
    @Test("A migrated ledger is recognised by writer and reader")
    func current() async throws {
        try await withTestLedger { ledger in
            let id = try await connected(ledger.writer) { try await LedgerContract.check($0, schema: ledger.schema) }
            let same = try await connected(ledger.reader) { try await LedgerContract.check($0, schema: ledger.schema) }
            #expect(id == same)
        }
    }

    @Test("Without a ledger, or with an unfinished one, the advice is to migrate")
    func missing() async throws {
        try await withMigrator { migrator in
            func check() async throws {
                try await connected(migrator.configuration) {
                    _ = try await LedgerContract.check($0, schema: migrator.schema)
                }
            }
            await expectFailure(.notMigrated) { try await check() }
            _ = try await migrator.up(to: 6)
            await expectFailure(.notMigrated) { try await check() }
            _ = try await migrator.up()
            try await check()
        }
    }

    @Test(
        "The next contract is good enough, the one before and the one after it are not",
        arguments: [(3, SchemaError.Code.notMigrated), (4, nil), (5, nil), (6, .newerSchema)])
    func neighbours(version: Int, failure: SchemaError.Code?) async throws {
        try await withTestLedger { ledger in
            try await connected(ledger.administrator) { connection in
                try await connection.execute(script: "update ledger set contract_version = \(version)")
                if let failure {
                    await expectFailure(failure) {
                        try await LedgerContract.check(connection, schema: ledger.schema)
                    }
                } else {
                    try await LedgerContract.check(connection, schema: ledger.schema)
                }
            }
        }
    }

    @Test("A login outside the roles is told which one it needs")
    func outsider() async throws {
        try await withMigrator { migrator in
            _ = try await migrator.up()
            let login = "\(migrator.schema)_login"
            try await TestServer.run("create role \(identifier: login) login", on: migrator.configuration)
            let outsider = TestServer.adding("user", login, to: migrator.configuration)
            let error = await #expect(throws: SchemaError.self) {
                try await connected(outsider) { _ = try await LedgerContract.check($0, schema: migrator.schema) }
            }
            #expect(error?.code == .notPermitted)
            #expect(error?.message.contains(migrator.roles.writer) == true)
            let migrating = Migrator(outsider, schema: migrator.schema, logger: testLogger)
            await expectFailure(.notPermitted) { try await migrating.status() }
            try await TestServer.run("drop role \(identifier: login)", on: migrator.configuration)
        }
    }
}
