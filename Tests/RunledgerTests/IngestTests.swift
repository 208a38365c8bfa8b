import Foundation
import LedgerTestSupport
import Subprocess
import Testing

@Suite("Ingest")
struct IngestTests {
    private static let lines = (0..<1200).map { line($0, run: "r\($0 % 7)", more: #","duration_ms":\#($0)"#) }
    private static let allStored = "{\"accepted\":1200,\"duplicates\":0,\"refused\":0}\n"
    private static let allDuplicates = "{\"accepted\":0,\"duplicates\":1200,\"refused\":0}\n"

    @Test("Plain, gzip, several gzip members and standard input hold the same events, which are stored once")
    func kindsOfInput() async throws {
        try await withLedger { runledger in
            try await withTemporaryDirectory { directory in
                let half = Self.lines.count / 2
                try Self.write(Self.lines, to: directory + "/plain")
                try Self.write(Array(Self.lines[..<half]), to: directory + "/first")
                try Self.write(Array(Self.lines[half...]), to: directory + "/second")
                try await Self.shell(
                    """
                    cd '\(directory)' && gzip -k plain first second && cat first.gz second.gz > members
                    head -c 512 /dev/zero >> members
                    """)
                let first = try await runledger("ingest", directory + "/plain")
                #expect(first.output == Self.allStored)
                #expect(first.errors == "")
                #expect(first.exitCode == 0)
                for name in ["plain", "plain.gz", "members"] {
                    let outcome = try await runledger("ingest", "\(directory)/\(name)")
                    #expect(outcome.output == Self.allDuplicates, "\(name)")
                    #expect(outcome.exitCode == 0, "\(name)")
                }
                let input = try await runledger("ingest", "-", input: file(Self.lines))
                #expect(input.output == Self.allDuplicates)
                #expect(try await runledger("events").lines.count == Self.lines.count)
            }
        }
    }

    @Test("CRLF, blank lines and a missing last line feed change nothing; an empty file is none")
    func lineEndings() async throws {
        try await withLedger { runledger in
            let text = "\r\n" + [line(1), "", line(2), line(3)].joined(separator: "\r\n")
            let outcome = try await runledger("ingest", "-", input: text)
            #expect(outcome.output == "{\"accepted\":3,\"duplicates\":0,\"refused\":0}\n")
            let empty = try await runledger("ingest", "/dev/null")
            #expect(empty.output == "{\"accepted\":0,\"duplicates\":0,\"refused\":0}\n")
            #expect(empty.exitCode == 0)
        }
    }

    @Test("Of a gzip file that is cut off or damaged the whole lines are stored, and the rest when it is whole")
    func damagedGzip() async throws {
        try await withLedger { runledger in
            try await withTemporaryDirectory { directory in
                try Self.write(Self.lines, to: directory + "/plain")
                try await Self.shell(
                    """
                    cd '\(directory)' && gzip -k plain
                    head -c $(($(wc -c < plain.gz) - 200)) plain.gz > cut
                    { cat plain.gz; echo garbage; } > garbage
                    """)
                let cut = try await runledger("ingest", directory + "/cut")
                #expect(
                    cut.errors == """
                        Error: \(directory)/cut ends in the middle of its gzip data. Its whole lines are stored; get \
                        the file again and repeat the command, which stores nothing twice.\n
                        """)
                #expect(cut.exitCode == 1)
                let stored = try await runledger("events").lines.count
                #expect(cut.output == "{\"accepted\":\(stored),\"duplicates\":0,\"refused\":0}\n")
                #expect((1..<1200).contains(stored))
                let garbage = try await runledger("ingest", directory + "/garbage")
                #expect(garbage.output == "{\"accepted\":\(1200 - stored),\"duplicates\":\(stored),\"refused\":0}\n")
                #expect(
                    garbage.errors.hasPrefix("Error: \(directory)/garbage is damaged: some of it is not gzip data."))
                #expect(garbage.exitCode == 1)
            }
        }
    }

    @Test("An interrupted ingest is repeated and stores nothing twice")
    func interruption() async throws {
        try await withLedger { runledger in
            try await withTemporaryDirectory { directory in
                let lines = (0..<40_000).map { line($0, run: "r\($0 / 3600)") }
                try Self.write(lines, to: directory + "/events")
                // Standard input stays open, so that the command still runs when the signal comes.
                let script = """
                    mkfifo '\(directory)/input'
                    '\(CommandLineTool.path)' ingest '\(directory)/input' & command=$!
                    exec 3> '\(directory)/input'
                    head -n 25000 '\(directory)/events' >&3
                    until '\(CommandLineTool.path)' events --limit 1 | grep -q position; do
                        kill -0 $command || exit
                    done
                    kill -INT $command
                    wait $command
                    """
                let interrupted = try await runledger.shell(script)
                #expect(interrupted.exitCode == 1)
                #expect(interrupted.output == "")
                #expect(interrupted.errors.hasPrefix("Interrupted: what is stored stays;"))
                let stored = try await runledger("events").lines.count
                #expect(stored > 0)
                let again = try await runledger("ingest", directory + "/events")
                #expect(
                    again.output == "{\"accepted\":\(40_000 - stored),\"duplicates\":\(stored),\"refused\":0}\n")
            }
        }
    }

    @Test("What `events` prints goes into another ledger with equal content")
    func export() async throws {
        try await withLedger { source in
            try await withLedger { copy in
                let lines = [
                    line(1, more: #","duration_ms":12,"metrics":{"a":1e2,"b":-0.5,"c":9007199254740993}"#),
                    line(2, phase: "fail", more: #","issues":["a \"quote\"","ünïcode \u2028","\u0001"]"#),
                    line(
                        3, phase: "start",
                        more: """
                            ,"execution_id":"01890000-0000-7000-8000-000000000001","service":"s",\
                            "trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331"
                            """),
                ]
                #expect(try await source("ingest", "-", input: file(lines)).exitCode == 0)
                let export = try await source("events")
                let outcome = try await copy("ingest", "-", input: export.output)
                #expect(outcome.output == "{\"accepted\":3,\"duplicates\":0,\"refused\":0}\n")
                let copied = try await copy("events")
                #expect(copied.lines.map(Self.withoutRecording) == export.lines.map(Self.withoutRecording))
            }
        }
    }

    /// `line` without what its ledger says of it, which comes last.
    private static func withoutRecording(_ line: String) -> Substring {
        line.firstRange(of: #","position":"#).map { line[..<$0.lowerBound] } ?? line[...]
    }

    private static func write(_ lines: [String], to path: String) throws {
        try file(lines).write(toFile: path, atomically: false, encoding: .utf8)
    }

    private static func shell(_ script: String) async throws {
        let outcome = try await CommandLineTool().shell(script)
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
    }
}
