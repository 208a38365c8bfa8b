import Foundation
import LedgerTestSupport
import Testing

/// Compares what `--help` prints with the files of `Golden`; `RUNLEDGER_UPDATE_GOLDEN=1` writes them anew.
@Suite("Help")
struct HelpTests {
    @Test(
        "--help of each command is as it was agreed",
        arguments: [
            "", "demo", "serve", "ingest", "events", "runs", "report", "report run", "report list", "report verify",
            "schedule", "schedule list", "schedule run", "schedule check", "rollup", "rollup verify", "rollup rebuild",
            "migrate",
            "migrate up",
            "migrate down", "migrate status", "migrate verify", "token", "token create", "token list", "token revoke",
            "psql",
        ])
    func help(of command: String) async throws {
        var runledger = CommandLineTool()
        runledger.environment["COLUMNS"] = "80"
        let outcome = try await runledger.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors == "")
        let name = command.isEmpty ? "runledger" : command.replacing(" ", with: "-")
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).txt")
        if ProcessInfo.processInfo.environment["RUNLEDGER_UPDATE_GOLDEN"] == "1" {
            try outcome.output.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(outcome.output == (try String(contentsOf: golden, encoding: .utf8)))
    }

    @Test("Wrong usage exits 64 and says what is right, on standard error")
    func wrongUsage() async throws {
        let runledger = CommandLineTool()
        for arguments in [
            ["ingest"], ["evnts"], ["events", "--limit", "0"], ["events", "--follow", "--limit", "3"],
            ["events", "--phase", "stop"], ["events", "--since", "yesterday"], ["events", "--since", "999999999w"],
            ["report"], ["report", "failure"], ["report", "failures", "--format", "xml"],
            ["report", "failures", "--as-of", "-1"],
            ["report", "failures", "--set", "bucket"], ["report", "failures", "--set", "x=1"], ["report", "verify"],
            ["runs", "--limit", "0"],
            ["runs", "r1", "--node", "PLAN"], ["demo", "--runs", "0"], ["migrate", "down"],
            ["runs", "--database-url", "dbname=a", "--data-dir", "b"], ["serve", "--port", "65536"],
            ["serve", "--host", ""], ["token", "create"], ["token", "create", "--name", "a"],
            ["token", "create", "--name", "a", "--scope", "events"], ["token", "create", "--scope", "admin"],
            ["token", "create", "--name", "a", "--scope", "admin", "--expires", "soon"],
            ["token", "create", "--name", "a", "--scope", "admin", "--expires", "0d"],
            ["token", "create", "--name", "", "--scope", "admin"], ["token", "list", "--format", "html"],
            ["token", "revoke"], ["schedule", "run"], ["schedule", "check"],
            ["schedule", "run", "nightly", "--at", "2999-01-01"], ["schedule", "list", "--format", "html"],
        ] {
            let outcome = try await runledger.run(arguments)
            #expect(outcome.exitCode == 64, "\(arguments)")
            #expect(outcome.output == "", "\(arguments)")
            #expect(outcome.errors.hasPrefix("Error: "), "\(arguments)")
            #expect(outcome.errors.contains("\nUsage: runledger "), "\(arguments)")
        }
    }

    @Test("An unknown report is answered with those there are")
    func unknownReport() async throws {
        let outcome = try await CommandLineTool()("report", "failure")
        #expect(
            outcome.errors.hasPrefix(
                "Error: There is no report `failure`; the reports are average-duration, completeness, duration-trend,"))
    }
}
