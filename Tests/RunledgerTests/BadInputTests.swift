import Foundation
import LedgerTestSupport
import Testing

@Suite("Bad input")
struct BadInputTests {
    /// A line that is no event, and how it is refused.
    struct BadLine: Sendable, CustomTestStringConvertible {
        let name: String
        let line: String
        let reason: String
        var testDescription: String { name }
    }

    static let badLines = [
        BadLine(
            name: "a malformed event", line: #"{"run_id":"r1","#,
            reason: "not JSON: the text ends where a string should follow at byte 15"),
        BadLine(
            name: "a NUL byte", line: "{\"run_id\":\"r\u{0}1\"}",
            reason: "not JSON: a string holds a bare control character at byte 12"),
        BadLine(
            name: "an escaped NUL", line: line(run: #"r\u0000"#), reason: "/run_id must not contain U+0000"),
        BadLine(
            name: "an unknown phase", line: line(phase: "stop"),
            reason: #"/phase must be "start", "end" or "fail""#),
        BadLine(
            name: "a negative duration", line: line(more: #","duration_ms":-5"#),
            reason: "/duration_ms must be an integer from 0 to 9007199254740991"),
        BadLine(
            name: "a string metric", line: line(more: #","metrics":{"score":"high"}"#),
            reason: "/metrics/score must be a number, not a string"),
        BadLine(
            name: "an event of 300 KiB", line: line(more: #","issues":[\#(issues)]"#),
            reason: "the event takes 307589 bytes as JSON, over 262144"),
        BadLine(
            name: "a line of 3 MiB", line: String(repeating: "x", count: 3 << 20),
            reason: "is longer than 2048 KiB, more than any event can be"),
        BadLine(
            name: "no time", line: #"{"run_id":"r1","node":"PLAN","phase":"start"}"#,
            reason: "/ts is missing; a line of a file needs the time of its event"),
        BadLine(
            name: "a time in the far future", line: line().replacing("2025-", with: "2999-"),
            reason: "ts is more than 24 hours ahead of the database's clock"),
        BadLine(
            name: "a reserved node", line: line(node: "runledger.plan"),
            reason: #"/node must not begin with "runledger.", which is reserved for the ledger's own events"#),
    ]

    /// 75 issues of 4 KiB: each may be stored, all of them may not.
    private static let issues = Array(repeating: "\"" + String(repeating: "x", count: 4096) + "\"", count: 75)
        .joined(separator: ",")

    @Test(
        "Each bad line is named with its number and field, and the good ones around it are stored", arguments: badLines)
    func badLine(_ bad: BadLine) async throws {
        try await withLedger { runledger in
            let outcome = try await runledger("ingest", "-", input: file([line(1), bad.line, line(2)]))
            #expect(outcome.errors == "standard input:2: \(bad.reason)\n")
            #expect(outcome.output == "{\"accepted\":2,\"duplicates\":0,\"refused\":1}\n")
            #expect(outcome.exitCode == 1)
            #expect(try await runledger("events").lines.count == 2)
        }
    }

    @Test("A half-written last line is refused, and stored once it is whole")
    func halfWrittenLine() async throws {
        try await withLedger { runledger in
            let whole = file([line(1), line(2)])
            let first = try await runledger("ingest", "-", input: String(whole.dropLast(20)))
            #expect(first.errors.hasPrefix("standard input:2: not JSON: the text ends"))
            #expect(first.errors.hasSuffix("; the file seems to end in the middle of a line\n"))
            #expect(first.exitCode == 1)
            let second = try await runledger("ingest", "-", input: whole)
            #expect(second.output == "{\"accepted\":1,\"duplicates\":1,\"refused\":0}\n")
            #expect(second.exitCode == 0)
        }
    }

    @Test("The same identity with other content is refused, in its file and against the ledger")
    func conflict() async throws {
        try await withLedger { runledger in
            let id = #","id":"01890000-0000-7000-8000-000000000001""#
            let outcome = try await runledger(
                "ingest", "-", input: file([line(more: id), line(phase: "fail", more: id)]))
            #expect(outcome.errors.hasPrefix("standard input:2: an event with the same run_id, ts and id but other"))
            #expect(outcome.output == "{\"accepted\":1,\"duplicates\":0,\"refused\":1}\n")
            let again = try await runledger("ingest", "-", input: file([line(phase: "fail", more: id)]))
            #expect(again.output == "{\"accepted\":0,\"duplicates\":0,\"refused\":1}\n")
        }
    }

    @Test("Refused lines are named in the order of the file, whoever refuses them")
    func orderOfRefusals() async throws {
        try await withLedger { runledger in
            let good = (1...3).map { line($0) }
            let lines = [line().replacing("2025-", with: "2999-"), "{", line(), "["] + good
            let outcome = try await runledger("ingest", "-", input: file(lines))
            let numbers = outcome.errors.split(separator: "\n").map { $0.split(separator: ":")[1] }
            #expect(numbers == ["1", "2", "4"])
        }
    }

    @Test("A file that is no NDJSON at all is told what one is")
    func noNDJSON() async throws {
        try await withLedger { runledger in
            let outcome = try await runledger("ingest", "-", input: "[\n\(line()),\n\(line(1))\n]")
            #expect(
                outcome.errors.hasSuffix(
                    "a file holds one JSON object a line, which `jq -c '.[]'` makes of an array.\n"))
            #expect(outcome.exitCode == 1)
        }
    }

    @Test("A file that is missing or a directory is named")
    func unreadableFile() async throws {
        try await withLedger { runledger in
            let missing = try await runledger("ingest", "/nonexistent/events.ndjson")
            #expect(missing.errors == "Error: There is no file /nonexistent/events.ndjson.\n")
            #expect(missing.exitCode == 1)
            let directory = try await runledger("ingest", "/")
            #expect(directory.errors == "Error: / cannot be read: Is a directory.\n")
            #expect(directory.exitCode == 1)
        }
    }
}
