import Foundation
import LedgerTestSupport
import Testing

@Suite("Output")
struct OutputTests {
    /// Four events of two runs, one of them failed.
    private static let story = file([
        line(0, run: "song-1", node: "PLAN", phase: "start"),
        line(1, run: "song-1", node: "PLAN", phase: "end", more: #","duration_ms":1000,"metrics":{"steps":8}"#),
        line(2, run: "song-2", node: "PLAN", phase: "start"),
        line(
            5, run: "song-2", node: "PLAN", phase: "fail",
            more: #","duration_ms":3000,"issues":["Slow answer","the model timed out"]"#),
    ])

    private func withStory(_ body: (CommandLineTool) async throws -> Void) async throws {
        try await withLedger { runledger in
            try #require(try await runledger("ingest", "-", input: Self.story).exitCode == 0)
            try await body(runledger)
        }
    }

    private func object(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    @Test("Events are JSON lines in order, and can be filtered, limited, reversed and continued")
    func events() async throws {
        try await withStory { runledger in
            func expect(_ positions: [Int], _ arguments: String...) async throws {
                let outcome = try await runledger.run(["events"] + arguments)
                let printed = try outcome.lines.map { try object($0)["position"] as? Int }
                #expect(printed == positions, "\(arguments)")
                #expect(outcome.errors == "", "\(arguments)")
            }
            try await expect([1, 2, 3, 4])
            try await expect([4, 3, 2], "--order", "desc", "--limit", "3")
            try await expect([3, 4], "--after", "2")
            try await expect([4], "--run-id", "song-2", "--phase", "fail", "--phase", "end")
            try await expect([4], "--has-issues", "--text", "TIMED OUT")
            try await expect([3], "--since", "2025-11-18T10:00:02Z", "--until", "2025-11-18T10:00:05Z")
            try await expect([], "--since", "1h")
        }
    }

    @Test("events --follow begins where it is told, goes on with what is committed, and ends quietly when interrupted")
    func follow() async throws {
        try await withStory { runledger in
            let outcome = try await runledger.interrupted("events", "--follow", "--after", "2") {
                $0.contains(#""position":4"#)
            }
            #expect(outcome.lines.count == 2)
            #expect(outcome.errors == "")
            #expect(outcome.exitCode == 0)
            let beyond = try await runledger("events", "--follow", "--after", "5")
            #expect(
                beyond.errors
                    == "Error: Position 5 is not in this ledger, which ends at 4; --after 0 reads all of it.\n")
            #expect(beyond.exitCode == 1)
        }
    }

    @Test("A reader that has enough ends events and events --follow quietly")
    func closedPipe() async throws {
        try await withLedger { runledger in
            let lines = (0..<3000).map { line($0, run: "r\($0)") }
            try #require(try await runledger("ingest", "-", input: file(lines)).exitCode == 0)
            for arguments in ["events", "events --follow --after 0"] {
                let outcome = try await runledger.piped(arguments, into: "head -n 1")
                #expect(outcome.output.split(separator: "\n").count == 1, "\(arguments)")
                #expect(outcome.errors == "", "\(arguments)")
                #expect(outcome.exitCode == 0, "\(arguments)")
            }
        }
    }

    @Test(
        "A full disk under standard output is said", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() async throws {
        try await withStory { runledger in
            let outcome = try await runledger.piped("events > /dev/full", into: "cat")
            #expect(outcome.errors == "Error: Standard output cannot be written: No space left on device.")
            #expect(outcome.exitCode == 1)
        }
    }

    @Test("Runs are printed in every format; one run with its executions")
    func runs() async throws {
        try await withStory { runledger in
            #expect(
                try await runledger("runs").output == """
                    run_id  status  nodes_done  executions  failures  issue_count  event_count  first_ts              last_ts
                    ──────  ──────  ──────────  ──────────  ────────  ───────────  ───────────  ────────────────────  ────────────────────
                    song-2  failed           0           1         1            2            2  2025-11-18 10:00:02Z  2025-11-18 10:00:05Z
                    song-1  idle             1           1         0            0            2  2025-11-18 10:00:00Z  2025-11-18 10:00:01Z

                    """)
            let json = try object(try await runledger("runs", "--limit", "1", "--format", "json").output)
            #expect((json["runs"] as? [[String: Any]])?.first?["run_id"] as? String == "song-2")
            #expect(json["next_cursor"] is String)
            #expect(try await runledger("runs", "--status", "failed", "--format", "ndjson").lines.count == 1)
            let csv = try await runledger("runs", "--node", "REVIEW", "--format", "csv").output
            #expect(
                csv == "run_id,status,nodes_done,executions,failures,issue_count,event_count,first_ts,last_ts\r\n")
            let one = try object(try await runledger("runs", "song-2", "--format", "json").output)
            #expect((one["run"] as? [String: Any])?["status"] as? String == "failed")
            #expect((one["executions"] as? [[String: Any]])?.count == 1)
            let unknown = try await runledger("runs", "song-3")
            #expect(unknown.errors == "Error: There is no run `song-3`; `runledger runs` lists the newest.\n")
            #expect(unknown.exitCode == 1)
        }
    }

    @Test("A report is the same answer in every format")
    func report() async throws {
        try await withStory { runledger in
            let table = try await runledger("report", "failures-by-node")
            #expect(
                table.output == """
                    node  failures  executions    rate  last_ts               last_message
                    ────  ────────  ──────────  ──────  ────────────────────  ───────────────────
                    PLAN         1           2  50.0 %  2025-11-18 10:00:05Z  the model timed out

                    """)
            #expect(table.errors == "As of position 4, 1 row.\n")
            let json = try object(try await runledger("report", "failures-by-node", "--format", "json").output)
            #expect(json["as_of_position"] as? Int == 4)
            #expect(json["row_count"] as? Int == 1)
            #expect((json["rows_sha256"] as? String)?.count == 64)
            #expect(
                try await runledger("report", "failures-by-node", "--format", "ndjson").output == """
                    {"node":"PLAN","failures":1,"executions":2,"rate":0.5,"last_ts":"2025-11-18T10:00:05.000000Z",\
                    "last_message":"the model timed out"}\n
                    """)
            #expect(
                try await runledger("report", "failures-by-node", "--format", "csv").output
                    == "node,failures,executions,rate,last_ts,last_message\r\n"
                    + "PLAN,1,2,0.5,2025-11-18T10:00:05.000000Z,the model timed out\r\n")
            let none = try await runledger("report", "failures", "--since", "7d")
            #expect(none.output == "(no rows)\n")
            #expect(none.exitCode == 0)
        }
    }

    @Test("A table fits COLUMNS, and what is no terminal gets no colours")
    func width() async throws {
        try await withStory { runledger in
            var runledger = runledger
            runledger.environment["COLUMNS"] = "72"
            let outcome = try await runledger("report", "failures")
            #expect(outcome.lines.allSatisfy { $0.count <= 72 })
            #expect(!outcome.output.contains("\u{1B}"))
            #expect(outcome.output.contains("…"))
        }
    }
}
