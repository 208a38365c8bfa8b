import Foundation
import LedgerTestSupport
import Testing

/// Texts that a terminal might obey, as the command shows them.
@Suite("Hostile text on a terminal", .timeLimit(.minutes(2)))
struct HostileTextTests {
    private static let lines = HostileText.texts.enumerated().map { index, text in
        let event: [String: Any] = [
            "run_id": "\(HostileText.names[index % HostileText.names.count])\(index)", "node": "N", "phase": "fail",
            "ts": "2025-11-18T12:00:00Z", "issues": [text], "service": text.prefix(80).description, "trace_id": text,
        ]
        let json = (try? JSONSerialization.data(withJSONObject: event)) ?? Data()
        return String(decoding: json, as: UTF8.self)
    }

    private func withHostileLedger(_ body: (CommandLineTool) async throws -> Void) async throws {
        try await withLedger { runledger in
            let ingested = try await runledger("ingest", "-", input: file(Self.lines))
            try #require(ingested.exitCode == 0, "\(ingested.errors)")
            try await body(runledger)
        }
    }

    private static func issues(_ line: some StringProtocol) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try #require(object?["issues"] as? [String])
    }

    @Test("Comes through a pipe as it was sent")
    func pipe() async throws {
        try await withHostileLedger { runledger in
            let outcome = try await runledger("events")
            let found = try outcome.output.split(separator: "\n").map { try Array(Self.issues($0)[0].utf8) }
            #expect(found == HostileText.texts.map { Array($0.utf8) })
        }
    }

    static let commands = [
        "events", "runs", "runs --format json", "runs --format csv", "report failures", "report failures --format json",
        "report failures --format ndjson", "report failures --format csv", "report failures --format markdown",
        "report failures --format html", "report issue-summary", "report sources --format csv",
    ]

    private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    #if os(Linux)
        @Test(
            "On a terminal nothing of it is a command or turns text around", .enabled(if: hasScript),
            arguments: commands)
        func terminal(command: String) async throws {
            try await withHostileLedger { runledger in
                var runledger = runledger
                // Without colours, and without a line of progress, which would be commands of its own.
                runledger.environment["TERM"] = "dumb"
                let outcome = try await runledger.shell(
                    "exec /usr/bin/script --quiet --return --command \"'\(CommandLineTool.path)' \(command)\" /dev/null"
                )
                #expect(outcome.exitCode == 0)
                #expect(outcome.output.utf8.count > 1000)
                for scalar in outcome.output.unicodeScalars where !"\r\n\t".unicodeScalars.contains(scalar) {
                    let isCommand = scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
                    #expect(!isCommand, "U+\(String(scalar.value, radix: 16))")
                }
                if command == "events" {
                    let lines = outcome.output.unicodeScalars.split(separator: "\n").map { String(Substring($0)) }
                    let found = try lines.map { try Array(Self.issues($0.trimmingPrefix("\r"))[0].utf8) }
                    #expect(found == HostileText.texts.map { Array($0.utf8) })
                }
            }
        }
    #endif

    @Test("In a line that is refused is told without obeying it")
    func refused() async throws {
        try await withLedger { runledger in
            let outcome = try await runledger(
                "ingest", "-", input: #"{"run_id":"r","node":"N","phase":"end","\#u{9B}31m\u001b[2J\u202e":1}"# + "\n")
            #expect(outcome.exitCode == 1)
            #expect(
                outcome.errors.hasPrefix(#"standard input:1: /\u009b31m\u001b[2J\u202e is not a field"#),
                "\(outcome.errors)")
        }
    }

    @Test("In a request makes no line of its own in the log")
    func log() async throws {
        try await withLedger { runledger in
            var runledger = runledger
            runledger.environment["RUNLEDGER_ADMIN_TOKEN"] = "a-token-of-sixteen-or-more"
            runledger.environment["RUNLEDGER_LOG_LEVEL"] = "debug"
            let command = runledger
            let outcome = try await command.serving("--port", "0") { service in
                for (path, field) in [
                    ("/v1/runs/%0d%0a%1b%5b2J", "X-A: b"), ("/%22%7d%0a%7b%22level%22", "X-Request-Id: a\"}{"),
                    ("/v1/events?text=%00%0a", "traceparent: 00-\"}-x"), ("/nowhere", "Authorization: Bearer \"}{"),
                ] {
                    let answer = try await command.shell(
                        """
                        curl --silent --output /dev/null --write-out '%{http_code}' '\(service.url)\(path)' \
                            -H '\(field)' -H "Authorization: Bearer $RUNLEDGER_ADMIN_TOKEN"
                        """)
                    #expect(answer.output.count == 3)
                }
            }
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.count { $0.contains(#""message":"request""#) } == 4)
            for line in lines {
                let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(record?["message"] is String, "\(line)")
                #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "\(line)")
            }
        }
    }
}
