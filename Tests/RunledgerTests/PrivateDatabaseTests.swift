import Foundation
import LedgerTestSupport
import Subprocess
import Testing

@Suite("Private database")
struct PrivateDatabaseTests {
    /// Waits until no process has `path` among its arguments.
    private func expectNoProcess(of path: String, _ sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let deadline = ContinuousClock.now + .seconds(20) * slowness
        var processes = ""
        repeat {
            processes = try await CommandLineTool().shell(CommandLineTool.listProcesses).output
        } while processes.contains(path) && ContinuousClock.now < deadline
        #expect(!processes.contains(path), sourceLocation: sourceLocation)
    }

    private func expectEmpty(_ path: String, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
        let content = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(content == [], sourceLocation: sourceLocation)
    }

    @Test("The demo shows events and the answers of all reports, and leaves nothing behind")
    func demo() async throws {
        try await withTemporaryDirectory { directory in
            var runledger = CommandLineTool()
            runledger.environment["RUNLEDGER_THROWAWAY_DIR"] = directory
            runledger.environment["XDG_STATE_HOME"] = directory
            let outcome = try await runledger("demo", "--runs", "2", "--pace", "0.05")
            #expect(outcome.exitCode == 0)
            #expect(outcome.errors == "Starting a PostgreSQL for the demo; it is gone again when the demo ends.\n")
            #expect(outcome.output.contains("song-002 PLAN     start"))
            for title in ["Failures ", "Failures by node ", "Average duration ", "Runs with issues "] {
                #expect(outcome.lines.contains { $0.hasPrefix(title) }, "\(title)")
            }
            try await expectNoProcess(of: directory)
            try expectEmpty(directory)
        }
    }

    @Test("An interrupted demo leaves no process and no directory", arguments: [SIGINT, SIGTERM, SIGHUP])
    func interruptedDemo(signal: Int32) async throws {
        try await withTemporaryDirectory { directory in
            var runledger = CommandLineTool()
            runledger.environment["RUNLEDGER_THROWAWAY_DIR"] = directory
            runledger.environment["XDG_STATE_HOME"] = directory
            let outcome = try await runledger.interrupted("demo", by: .init(rawValue: signal)) {
                $0.contains("PLAN     end")
            }
            #expect(outcome.exitCode == 1)
            try await expectNoProcess(of: directory)
            try expectEmpty(directory)
        }
    }

    @Test("A demo whose reader has enough leaves nothing behind either")
    func closedPipe() async throws {
        try await withTemporaryDirectory { directory in
            var runledger = CommandLineTool()
            runledger.environment["RUNLEDGER_THROWAWAY_DIR"] = directory
            let outcome = try await runledger.piped("demo", into: "head -n 4")
            #expect(outcome.exitCode == 0)
            #expect(!outcome.errors.contains("Error"))
            try await expectNoProcess(of: directory)
            try expectEmpty(directory)
        }
    }

    @Test("Commands at the same time share one server, which makes its schema by itself and stops with the last")
    func sharing() async throws {
        try await withTemporaryDirectory { directory in
            let runledger = CommandLineTool(dataDirectory: directory + "/data")
            async let ingest = runledger("ingest", "-", input: file([line(1), line(2)]))
            async let runs = runledger("runs")
            async let report = runledger("report", "average-duration")
            for outcome in try await [ingest, runs, report] {
                #expect(outcome.exitCode == 0)
                #expect(outcome.errors.hasPrefix("Using the private database in \(directory)/data\n"))
            }
            let events = try await runledger("events")
            #expect(events.lines.count == 2)
            try await expectNoProcess(of: directory)
        }
    }

    @Test("Without PostgreSQL it says what to install, and a demo leaves nothing behind")
    func noPostgres() async throws {
        try await withTemporaryDirectory { directory in
            var runledger = CommandLineTool(dataDirectory: directory + "/data")
            runledger.environment["RUNLEDGER_POSTGRES_BIN"] = "/nonexistent"
            let outcome = try await runledger("runs")
            #expect(outcome.errors.hasPrefix("Error: PostgreSQL 15 or later was not found in /nonexistent, which"))
            #expect(outcome.errors.hasSuffix("or name a running server with --database-url.\n"))
            #expect(outcome.exitCode == 1)
        }
        try await withTemporaryDirectory { directory in
            var runledger = CommandLineTool()
            runledger.environment["RUNLEDGER_THROWAWAY_DIR"] = directory
            runledger.environment["RUNLEDGER_POSTGRES_BIN"] = "/nonexistent"
            #expect(try await runledger("demo").exitCode == 1)
            try expectEmpty(directory)
        }
    }

    @Test("A data directory that cannot be one is named")
    func unusableDirectory() async throws {
        try await withTemporaryDirectory { directory in
            try "".write(toFile: directory + "/file", atomically: false, encoding: .utf8)
            let outcome = try await CommandLineTool(dataDirectory: directory + "/file")("runs")
            #expect(
                outcome.errors == """
                    Error: Cannot use the data directory \(directory)/file: Not a directory; correct that or set \
                    RUNLEDGER_DATA_DIR to another directory.\n
                    """)
            #expect(outcome.exitCode == 1)
        }
    }

    @Test("A data directory that may only be read is named", .disabled(if: geteuid() == 0))
    func readOnlyDirectory() async throws {
        try await withTemporaryDirectory { directory in
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: directory)
            let outcome = try await CommandLineTool(dataDirectory: directory + "/data")("runs")
            #expect(
                outcome.errors == """
                    Error: Cannot create the data directory \(directory)/data: Permission denied; set \
                    RUNLEDGER_DATA_DIR to a directory you can write to.\n
                    """)
            #expect(outcome.exitCode == 1)
        }
    }
}
