import LedgerMigrations
import Testing

@testable import LedgerSchema

@Suite("Migration files") struct MigrationFileTests {
    @Test("They count from 1 without holes, each with a way back")
    func order() {
        #expect(Migration.all.map(\.version) == Array(1...Migration.all.count))
        #expect(Migration.all.first?.name == "roles")
        for migration in Migration.all {
            #expect(migration.up.name.hasSuffix("\(migration.name).up.sql"))
            #expect(!migration.down.sql.isEmpty)
        }
    }

    @Test("Only the first runs as the login that migrates, since the owner does not exist yet")
    func login() {
        #expect(Migration.all.filter(\.up.runsAsLogin).map(\.version) == [1])
        #expect(Migration.all.filter(\.down.runsAsLogin).map(\.version) == [1])
    }

    @Test("A directive is a line of its own")
    func directives() {
        #expect(!MigrationFile(name: "f", sql: "-- runledger: no-transaction\nselect 1").isTransactional)
        #expect(MigrationFile(name: "f", sql: "-- not -- runledger: no-transaction\nselect 1").isTransactional)
    }

    @Test("A position in a file is a line", arguments: [(1, 1), (3, 1), (4, 2), (5, 2), (6, 3)])
    func lines(position: Int, line: Int) {
        #expect(MigrationFile(name: "f", sql: "ä;\n\u{1F3B5}\n;").line(at: position) == line)
    }

    @Test("The script for an administrator names the roles, quoted, and has no variable left")
    func script() throws {
        let roles = LedgerRoles(owner: "Chief", writer: "pen", reader: "eye\"s")
        let sql = try RoleScript.sql(schema: "books", roles: roles, login: "mig")
        #expect(sql.hasPrefix("create role \"Chief\" nologin;\n"))
        #expect(sql.contains("create role \"eye\"\"s\" login;"))
        #expect(sql.contains("grant \"Chief\" to \"mig\";"))
        #expect(!sql.contains(":\""))
    }

    @Test(
        "Names that PostgreSQL would cut off or keep for itself are refused",
        arguments: [
            "", "pg_ledger", String(repeating: "x", count: 60), "a\0b",
        ])
    func names(schema: String) {
        #expect(
            performing: {
                try SchemaRequirements.check(schema: schema, roles: LedgerRoles(schema: schema))
            }, throws: { ($0 as? SchemaError)?.code == .invalidName })
    }

    @Test("Servers before 15 and databases in another encoding are refused by name")
    func servers() throws {
        try SchemaRequirements.check(serverVersion: 150_000, encoding: "UTF8")
        let old = #expect(throws: SchemaError.self) {
            try SchemaRequirements.check(serverVersion: 140_011, encoding: "UTF8")
        }
        #expect(old?.message == "The server is PostgreSQL 14; runledger needs 15 or later.")
        let latin = #expect(throws: SchemaError.self) {
            try SchemaRequirements.check(serverVersion: 150_000, encoding: "LATIN1")
        }
        #expect(latin?.code == .unsupportedServer)
    }
}
