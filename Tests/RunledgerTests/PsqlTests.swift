import Foundation
import LedgerTestSupport
import Testing

@Suite("psql")
struct PsqlTests {
    @Test("The ledger's tables need no prefix, arguments pass through, and so do exit codes")
    func passThrough() async throws {
        try await withLedger { runledger in
            let count = try await runledger("psql", "--", "-X", "-At", "-c", "select count(*) from workflow_events")
            #expect(count.output == "0\n")
            #expect(count.exitCode == 0)
            #expect(try await runledger("psql", "--", "-X", "-c", "selec").exitCode == 1)
            let script = try await runledger(
                "psql", "--", "-X", "-v", "ON_ERROR_STOP=1", "-f", "-", input: "select 1/0;\n")
            #expect(script.exitCode == 3)
        }
    }

    @Test("A schema's name may need quotes")
    func quotedSchema() async throws {
        try await withTestDatabase { database in
            var runledger = CommandLineTool(database: database)
            runledger.environment["RUNLEDGER_SCHEMA"] = #"Our "runs" \1"#
            let migration = try await runledger("migrate", "up")
            try #require(migration.exitCode == 0, "\(migration.errors)")
            let count = try await runledger("psql", "--", "-X", "-At", "-c", "select count(*) from workflow_events")
            #expect(count.output == "0\n")
        }
    }

    @Test("A password is in nobody's arguments")
    func password() async throws {
        try await withTestDatabase { database in
            let runledger = CommandLineTool(database: TestServer.adding("password", "s3cret", to: database))
            let outcome = try await runledger("psql", "--", "-X", "-c", #"\! \#(CommandLineTool.listProcesses)"#)
            #expect(outcome.output.contains("psql"))
            #expect(!outcome.output.contains("s3cret"))
        }
    }
}
