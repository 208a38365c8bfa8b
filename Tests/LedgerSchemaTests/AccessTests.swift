import LedgerSchema
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Tokens and tickets in the schema") struct AccessTests {
    private static let token = """
        insert into access_tokens (name, token_sha256, scopes) values ('a', sha256('a'), array['admin'])
        """

    /// A ledger with a token, and a superuser.
    private nonisolated(nonsending) func withToken(_ body: (PostgresConnection) async throws -> Void) async throws {
        try await withTestLedger { ledger in
            try await connected(ledger.writer) { try await $0.execute(script: Self.token) }
            try await connected(ledger.administrator, body)
        }
    }

    private static let changes = [
        "update access_tokens set name = 'b'",
        "update access_tokens set token_sha256 = sha256('b')",
        "update access_tokens set scopes = array['events:read']",
        "update access_tokens set created_at = now()",
        "update access_tokens set expires_at = now()",
        "update access_tokens set expires_at = now(), revoked_at = now()",
        "update access_tokens set revoked_at = null",
        "delete from access_tokens",
        "truncate access_tokens",
    ]

    @Test(
        "A token stays as it is: for a superuser, a replica and its owner",
        arguments: [
            "set session_replication_role = origin", "set session_replication_role = replica",
            "set role runledger_owner",
        ])
    func unchanged(setting: String) async throws {
        try await withToken { connection in
            try await connection.execute(script: setting)
            for statement in Self.changes {
                let error = try await refusal { try await connection.execute(script: statement) }
                #expect(error?.sqlState == .appendOnly, "\(statement)")
            }
        }
    }

    @Test("A token is revoked once, and not taken back or moved to another time")
    func revokedOnce() async throws {
        try await withToken { connection in
            try await connection.execute(script: "update access_tokens set revoked_at = clock_timestamp()")
            for value in ["null", "now()", "revoked_at"] {
                let error = try await refusal {
                    try await connection.execute(script: "update access_tokens set revoked_at = \(value)")
                }
                #expect(error?.sqlState == .appendOnly, "\(value)")
            }
        }
    }

    private static let wrong = [
        "('', sha256('b'), array['admin'])",
        "(repeat('x', 256), sha256('b'), array['admin'])",
        "(E'a\\nb', sha256('b'), array['admin'])",
        "('a', sha256('b'), array['admin'])",
        "('b', sha256('a'), array['admin'])",
        "('b', 'short', array['admin'])",
        "('b', sha256('b'), '{}')",
        "('b', sha256('b'), array['root'])",
        "('b', sha256('b'), array['admin', null])",
        "('b', sha256('b'), null)",
    ]

    @Test("A row that is no token is refused", arguments: wrong)
    func constraints(values: String) async throws {
        try await withToken { connection in
            let error = try await refusal {
                try await connection.execute(
                    script: "insert into access_tokens (name, token_sha256, scopes) values \(values)")
            }
            #expect(error?.sqlState?.rawValue.hasPrefix("23") == true)
        }
    }

    private static let notForWriters = [
        "update access_tokens set name = 'b'",
        "update access_tokens set scopes = array['admin']",
        "delete from access_tokens",
        "truncate access_tokens",
        "insert into access_tokens (name, token_sha256, scopes, created_at) values ('b', sha256('b'), array['admin'], now())",
        "insert into access_tokens (name, token_sha256, scopes, revoked_at) values ('b', sha256('b'), array['admin'], now())",
        "update stream_tickets set expires_at = now()",
        "truncate stream_tickets",
    ]

    @Test("The writer makes and revokes tokens, and no more; the reader does not even see them")
    func grants() async throws {
        try await withTestLedger { ledger in
            try await connected(ledger.writer) { writer in
                try await writer.execute(script: Self.token)
                for statement in Self.notForWriters {
                    let error = try await refusal { try await writer.execute(script: statement) }
                    #expect(error?.sqlState == .insufficientPrivilege, "\(statement)")
                }
                try await writer.execute(script: "update access_tokens set revoked_at = now() where name = 'a'")
            }
            try await connected(ledger.reader) { reader in
                for statement in [
                    "select name from access_tokens", Self.token, "update access_tokens set revoked_at = now()",
                    "select from stream_tickets", "delete from stream_tickets",
                ] {
                    let error = try await refusal { try await reader.execute(script: statement) }
                    #expect(error?.sqlState == .insufficientPrivilege, "\(statement)")
                }
            }
        }
    }

    @Test("Going down takes tokens and tickets away and goes back to the contract before; up brings them again")
    func down() async throws {
        try await withMigrator { migrator in
            _ = try await migrator.up()
            #expect(try await migrator.down(to: 7).map(\.version) == [9, 8])
            try await connected(migrator.configuration) { connection in
                var tables: PostgresQuery { "select count(*) from pg_tables where tablename ~ 'access|ticket'" }
                #expect(try await connection.value(tables, as: Int64.self) == 0)
                let contract = try await connection.value(
                    "select contract_version from \(identifier: migrator.schema).ledger", as: Int32.self)
                #expect(contract == 1)
            }
            #expect(try await migrator.up().map(\.version) == [8, 9])
            #expect(try await migrator.verify() == [])
        }
    }
}
