import Foundation
import LedgerTestSupport
import LibPQ
import Testing

/// What cannot work ends with one sentence on standard error and exit code 1, and stores nothing.
@Suite("Failures")
struct FailureTests {
    private static let commands = [
        ["ingest", "/dev/null"], ["events"], ["events", "--follow"], ["runs"], ["report", "failures"],
        ["migrate", "up"], ["migrate", "status"], ["migrate", "verify"], ["demo", "--runs", "1", "--keep"],
    ]

    private func expectFailure(
        _ outcome: CommandLineTool.Outcome, _ sentence: String, _ sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.errors == "Error: \(sentence)\n", sourceLocation: sourceLocation)
        #expect(outcome.output == "", sourceLocation: sourceLocation)
        #expect(outcome.exitCode == 1, sourceLocation: sourceLocation)
    }

    @Test("A server that is away is named, without the password", arguments: commands)
    func serverAway(command: [String]) async throws {
        var runledger = CommandLineTool()
        runledger.environment["RUNLEDGER_DATABASE_URL"] = "postgresql://someone:s3cret@127.0.0.1:1/runs"
        expectFailure(
            try await runledger.run(command),
            """
            Cannot connect to PostgreSQL (host=127.0.0.1 port=1 dbname=runs user=someone): connection to server at \
            "127.0.0.1", port 1 failed: Connection refused; check that PostgreSQL runs there and that --database-url \
            is right.
            """)
    }

    @Test("A connection string that cannot be parsed is not repeated")
    func connectionString() async throws {
        let outcome = try await CommandLineTool()("runs", "--database-url", "postgresql://someone:s3cret@[")
        #expect(outcome.errors.hasPrefix("Error: The connection string cannot be parsed: use postgresql://"))
        #expect(!outcome.errors.contains("s3cret"))
        #expect(outcome.exitCode == 1)
    }

    @Test("A database or a role that does not exist is told apart")
    func unknownDatabase() async throws {
        let server = try TestServer.configuration()
        let database = CommandLineTool(database: TestServer.configuration(server, database: "no_such_database"))
        let noDatabase = try await database("runs")
        #expect(
            noDatabase.errors.hasSuffix(
                "FATAL: database \"no_such_database\" does not exist; create the database, or name another with "
                    + "--database-url.\n"))
        #expect(noDatabase.exitCode == 1)
        let user = CommandLineTool(database: TestServer.adding("user", "no_such_role", to: server))
        let noUser = try await user("runs")
        #expect(
            noUser.errors.hasSuffix(
                "check the user and the password, which may also come from PGPASSWORD or ~/.pgpass.\n"))
        #expect(noUser.exitCode == 1)
    }

    @Test("A database without a ledger wants migrate up")
    func notMigrated() async throws {
        try await withTestDatabase { database in
            let runledger = CommandLineTool(database: database)
            for command in Self.commands where command[0] != "migrate" {
                expectFailure(
                    try await runledger.run(command),
                    "There is no ledger in schema runledger of this database. Run runledger migrate up.")
            }
        }
    }

    @Test("A schema newer than the command is left alone")
    func newerSchema() async throws {
        try await withTestDatabase { database in
            let runledger = CommandLineTool(database: database)
            try #require(try await runledger("migrate", "up").exitCode == 0)
            try await TestServer.run("update runledger.ledger set contract_version = 99", on: database)
            try await TestServer.run(
                """
                insert into runledger.schema_migrations (version, name, sha256, duration_ms, applied_by)
                select 99, 'future', sha256, duration_ms, applied_by from runledger.schema_migrations where version = 1
                """, on: database)
            let ingest = try await runledger("ingest", "-", input: file([line()]))
            expectFailure(
                ingest, "The ledger in schema runledger has contract 99, and this runledger knows 4. Upgrade runledger."
            )
            let migration = try await runledger("migrate", "up")
            #expect(
                migration.errors.hasPrefix("Error: Schema runledger is at version 99 (future), which this runledger"))
            #expect(migration.exitCode == 1)
            let verification = try await runledger("migrate", "verify")
            #expect(verification.errors.contains("Migration 99 (future) was applied by a newer runledger"))
            #expect(verification.exitCode == 1)
        }
    }

    @Test("Who may not make the rollups again is told which role may")
    func rebuildWithoutTheRight() async throws {
        try await withTestDatabase { database in
            try #require(try await CommandLineTool(database: database)("migrate", "up").exitCode == 0)
            let writer = CommandLineTool(database: TestServer.adding("user", "runledger_writer", to: database))
            expectFailure(
                try await writer("rollup", "rebuild"),
                "This login may not make the rollups again. Log in as a member of the ledger's owner role, usually "
                    + "runledger_owner.")
        }
    }

    @Test("Migrations go up, are listed, and go down only where no events are or that is meant")
    func migrations() async throws {
        try await withTestDatabase { database in
            let runledger = CommandLineTool(database: database)
            let dryRun = try await runledger("migrate", "up", "--dry-run")
            #expect(dryRun.lines.first == "up    1  roles  would run")
            let up = try await runledger("migrate", "up")
            #expect(up.lines.count == dryRun.lines.count)
            #expect(try await runledger("migrate", "up").output == "Nothing to do.\n")
            #expect(try await runledger("migrate", "status", "--format", "ndjson").lines.count == up.lines.count)
            #expect(try await runledger("migrate", "verify").exitCode == 0)
            #expect(try await runledger("ingest", "-", input: file([line()])).exitCode == 0)
            let refusal = try await runledger("migrate", "down", "--to", "0")
            #expect(refusal.errors.contains("holds events, which going down would destroy"))
            #expect(refusal.exitCode == 1)
            #expect(try await runledger("events").lines.count == 1)
            let roles = try await runledger("migrate", "up", "--print-roles", "--schema", "other", "--login", "me")
            #expect(roles.output.contains("create role \"other_owner\" nologin;\n"))
            #expect(roles.output.contains("grant \"other_owner\" to \"me\";\n"))
        }
    }
}
