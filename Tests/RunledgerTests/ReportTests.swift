import Foundation
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Reports")
struct ReportTests {
    private static let story = file([
        line(0, run: "song-1", node: "PLAN", phase: "start"),
        line(1, run: "song-1", node: "PLAN", phase: "end", more: #","duration_ms":1000"#),
        line(2, run: "song-2", node: "PLAN", phase: "start"),
        line(5, run: "song-2", node: "PLAN", phase: "fail", more: #","duration_ms":3000,"issues":["Slow answer"]"#),
    ])

    /// Gives `body` the command on a ledger with a story, and a directory.
    private func withStory(_ body: (CommandLineTool, _ directory: String) async throws -> Void) async throws {
        try await withLedger { runledger in
            try #require(try await runledger("ingest", "-", input: Self.story).exitCode == 0)
            try await withTemporaryDirectory { try await body(runledger, $0) }
        }
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    private static let echo = """
        -- title: Echo
        -- description: What it is asked with.
        -- parameter: nodes texts | Nodes.
        -- parameter: unit text (hour, day) = day | Of time.
        -- parameter: exact boolean = false | Exactly.
        -- column: nodes texts
        select :nodes as nodes from (select 1) x where :unit <> '' or :exact
        """

    // MARK: Verifying

    @Test(
        "A kept report is verified in every format, whenever that is",
        arguments: ["txt", "json", "ndjson", "csv", "md", "html"])
    func verified(ending: String) async throws {
        try await withStory { runledger, directory in
            let path = "\(directory)/a.\(ending)"
            let written = try await runledger("report", "failures-by-node", "--since", "2025-01-01", "--output", path)
            #expect(written.exitCode == 0)
            let later = file([line(9, node: "PLAN", phase: "fail")])
            try #require(try await runledger("ingest", "-", input: later).exitCode == 0)
            let outcome = try await runledger("report", "verify", path + ".manifest.json")
            #expect(
                outcome.errors
                    == "Verified: failures-by-node as of position 4 has the same answer, 1 row, and its file holds it.\n"
            )
            #expect(outcome.exitCode == 0)
        }
    }

    @Test("A forged file with its own SHA-256, a changed member and a missing file are found")
    func forged() async throws {
        try await withStory { runledger, directory in
            let path = directory + "/a.csv"
            let manifest = path + ".manifest.json"
            try #require(try await runledger("report", "failures-by-node", "--output", path).exitCode == 0)
            let (kept, keptManifest) = (try text(path), try text(manifest))
            func differences() async throws -> [String] {
                let outcome = try await runledger("report", "verify", manifest)
                #expect(outcome.exitCode == 1)
                return outcome.errors.split(separator: "\n").map(String.init)
            }
            try write(kept.replacing("PLAN,1,", with: "PLAN,0,"), to: path)
            let size = kept.utf8.count
            #expect(
                try await differences().last
                    == "The file is not the answer as csv, from line 2 on (\(size) bytes, not \(size)).")
            let sum = try #require(try await runledger.shell("sha256sum \(path) | cut -c 1-64").lines.first)
            let own = try #require(keptManifest.firstMatch(of: /"file_sha256":"([0-9a-f]*)"/)?.1)
            try write(keptManifest.replacing(own, with: sum), to: manifest)
            #expect(try await differences().map { $0.prefix(43) } == ["Error: The file is not the answer as csv, f"])
            try write(kept, to: path)
            try write(keptManifest.replacing("\"row_count\":1", with: "\"row_count\":2"), to: manifest)
            #expect(try await differences() == ["Error: `row_count` is 2 in the manifest and 1 in the answer."])
            try write(keptManifest, to: manifest)
            try FileManager.default.removeItem(atPath: path)
            #expect(try await differences() == ["Error: There is no file \(path)."])
        }
    }

    @Test("A manifest of another ledger says so before anything is asked")
    func anotherLedger() async throws {
        try await withStory { runledger, directory in
            let path = directory + "/a.csv"
            let manifest = path + ".manifest.json"
            try #require(try await runledger("report", "failures", "--output", path).exitCode == 0)
            let changed = try text(manifest).replacing(/"ledger_id":"[^"]*"/) { _ in
                #""ledger_id":"00000000-0000-0000-0000-000000000001""#
            }
            try write(
                changed.replacing("\"failures\"", with: "\"nonesuch\"").replacing(
                    "\"as_of_position\":4", with: "\"as_of_position\":99"), to: manifest)
            let outcome = try await runledger("report", "verify", manifest)
            #expect(
                outcome.errors.hasPrefix(
                    "Error: The report is of another ledger, 00000000-0000-0000-0000-000000000001; this one is "))
            #expect(outcome.exitCode == 1)
        }
    }

    @Test("A report with a list is verified; where its SQL has changed, that is said")
    func lists() async throws {
        try await withStory { runledger, directory in
            try write(Self.echo, to: directory + "/echo.sql")
            let path = directory + "/echo.csv"
            var runledger = runledger
            runledger.environment["RUNLEDGER_REPORTS_DIR"] = directory
            let asked = try await runledger(
                "report", "echo", "--set", "nodes=A", "--set", "nodes=B", "--output", path)
            #expect(asked.exitCode == 0)
            #expect(try text(path) == "nodes\r\n\"[\"\"A\"\",\"\"B\"\"]\"\r\n")
            #expect(try await runledger("report", "verify", path + ".manifest.json").exitCode == 0)
            try write(Self.echo + " or true", to: directory + "/echo.sql")
            let changed = try await runledger("report", "verify", path + ".manifest.json")
            #expect(changed.errors.hasPrefix("Error: The report's SQL has changed since: its SHA-256 was "))
            #expect(changed.exitCode == 1)
        }
    }

    // MARK: Asking

    @Test("An answer that is cut off says so in every format, whichever way a limit was given")
    func cutOff() async throws {
        try await withLedger { runledger in
            let lines = (0...10_000).map { line($0, run: "r\($0)", phase: "fail") }
            try #require(try await runledger("ingest", "-", input: file(lines)).exitCode == 0)
            for arguments in [
                ["--limit", "20000", "--format", "ndjson"], ["--set", "limit=10001", "--format", "csv"],
                ["--format", "ndjson"],
            ] {
                let outcome = try await runledger.run(["report", "failures"] + arguments)
                #expect(
                    outcome.errors.hasPrefix("Error: The answer was cut off after 10000 rows, for none holds more "),
                    "\(arguments)")
                #expect(outcome.exitCode == 1, "\(arguments)")
            }
            let whole = try await runledger("report", "failures", "--limit", "10000", "--format", "ndjson")
            #expect(whole.lines.count == 10_000)
            #expect(whole.errors == "")
            #expect(whole.exitCode == 0)
        }
    }

    @Test("A window that is empty, or that the database refuses, is wrong usage; a time to come is refused")
    func refused() async throws {
        try await withStory { runledger, _ in
            for (arguments, message) in [
                (["--since", "1h", "--until", "2h"], "`since` must be before `until`: the window is empty."),
                (
                    ["--recorded-since", "1h", "--recorded-until", "1d"],
                    "`recorded_since` must be before `recorded_until`: the window is empty."
                ),
                (
                    ["--set", "bucket=minute", "--since", "2000-01-01"],
                    "The report `failure-trend` cannot be asked so: "
                ),
            ] {
                let outcome = try await runledger.run(["report", "failure-trend"] + arguments)
                #expect(outcome.errors.hasPrefix("Error: \(message)"))
                #expect(
                    outcome.errors.hasSuffix(
                        "Usage: runledger report <name> [<options>]\n"
                            + "  See 'runledger report run --help' for more information.\n"))
                #expect(outcome.exitCode == 64)
            }
            let future = try await runledger("report", "failures", "--as-of", "2999-01-01")
            #expect(
                future.errors
                    == "Error: 2999-01-01T00:00:00.000000Z has not come yet; ask as of now, of an earlier time or of a "
                    + "position.\n")
            #expect(future.exitCode == 1)
        }
    }

    @Test("A file that cannot be written says why in plain words, and a name that tells no format is refused")
    func files() async throws {
        try await withStory { runledger, directory in
            func errors(_ path: String, _ exitCode: Int32) async throws -> String {
                let outcome = try await runledger("report", "failures", "--output", path)
                #expect(outcome.exitCode == exitCode)
                #expect(outcome.output == "")
                return outcome.errors
            }
            #expect(
                try await errors(directory + "/none/a.csv", 1)
                    == "Error: \(directory)/none/a.csv cannot be written: there is no directory \(directory)/none/.\n")
            try FileManager.default.createDirectory(atPath: directory + "/b.csv", withIntermediateDirectories: false)
            #expect(
                try await errors(directory + "/b.csv", 1)
                    == "Error: \(directory)/b.csv cannot be written: it is a directory.\n")
            #expect(try await errors("-", 64).hasPrefix("Error: --output names a file, beside which a manifest is"))
            #expect(
                try await errors("a.xlsx", 64).hasPrefix(
                    "Error: The name of a.xlsx does not tell a format: name one with --format, or let it end in "
                        + ".txt (table), .json (json), .ndjson (ndjson), .csv (csv), .md (markdown), .html (html).\n"))
            let named = try await runledger("report", "failures", "--format", "csv", "--output", directory + "/a.xlsx")
            #expect(named.exitCode == 0)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
                    == ["a.xlsx", "a.xlsx.manifest.json", "b.csv"])
            let missing = try await runledger("report", "verify", directory + "/none.manifest.json")
            #expect(missing.errors == "Error: There is no file \(directory)/none.manifest.json.\n")
        }
    }

    // MARK: Reports of one's own

    @Test("The directory of reports may come from the file of settings, and a wrong file is told of once")
    func settings() async throws {
        try await withStory { runledger, directory in
            try write(Self.echo, to: directory + "/echo.sql")
            try write("select 1", to: directory + "/wrong.sql")
            try write(#"{"runledger":{"reports":{"dir":"\#(directory)"}}}"#, to: directory + "/settings.json")
            let note = "A report is left out: wrong.sql:1: the header has no `-- title:` line\n"
            let settings = ["--config", directory + "/settings.json"]
            let list = try await runledger.run(["report", "list"] + settings)
            #expect(list.lines.contains("echo"))
            #expect(list.errors == note)
            let answer = try await runledger.run(
                ["report", "echo", "--output", directory + "/echo.csv"] + settings)
            #expect(answer.errors.hasPrefix(note + "Wrote "))
            let verification = try await runledger.run(
                ["report", "verify", directory + "/echo.csv.manifest.json"] + settings)
            #expect(verification.errors.hasPrefix(note + "Verified: echo "))
        }
    }

    @Test("The list shows each parameter with its type, choices and default, and as JSON what the API answers")
    func list() async throws {
        try await withTemporaryDirectory { directory in
            try write(Self.echo, to: directory + "/echo.sql")
            let list = try await CommandLineTool()("report", "list", "--reports-dir", directory)
            #expect(
                list.output.contains(
                    """
                    echo
                      What it is asked with.
                      Columns: nodes
                      --set nodes=<texts>  Nodes. (repeat for several)
                      --set unit=<text>    Of time. (one of hour, day; default: day)
                      --exact              Exactly. (default: false)

                    """))
            let json = try await CommandLineTool()("report", "list", "--format", "json")
            let catalogue = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect((catalogue["reports"] as? [[String: Any]])?.first?["name"] as? String == "average-duration")
        }
    }

    @Test("A report that is named like a verb is asked with `run`", arguments: ["list", "verify", "run"])
    func verbs(name: String) async throws {
        try await withLedger { runledger in
            try await withTemporaryDirectory { directory in
                try write(Self.echo, to: "\(directory)/\(name).sql")
                let answer = try await runledger(
                    "report", "run", name, "--reports-dir", directory, "--set", "nodes=A", "--format", "csv")
                #expect(answer.output == "nodes\r\n\"[\"\"A\"\"]\"\r\n")
            }
        }
    }
}
