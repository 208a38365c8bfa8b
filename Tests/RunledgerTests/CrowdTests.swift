import Foundation
import LedgerTestSupport
import Testing

/// Many clients at once of the service as its operators run it; `script/connections` has ten thousand of them.
@Suite("A crowd", .timeLimit(.minutes(4)), .serialized)
struct CrowdTests {
    private static let program = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "script/lib/crowd.py").path()

    #if os(Linux)
        @Test("A thousand idle, half-sent and streaming connections leave room for work, and nothing behind")
        func thousand() async throws {
            try await withLedger { runledger in
                var runledger = runledger
                runledger.environment["RUNLEDGER_ADMIN_TOKEN"] = "a-token-of-sixteen-or-more"
                runledger.environment["RUNLEDGER_TOKEN"] = "a-token-of-sixteen-or-more"
                runledger.environment["RUNLEDGER_CONNECTIONS"] = "1000"
                runledger.environment["RUNLEDGER_REQUEST_TIMEOUT"] = "3600"
                runledger.environment["RUNLEDGER_LOG_LEVEL"] = "notice"
                // What the address sanitizer keeps back of freed memory would count as growth.
                let sanitizer = ProcessInfo.processInfo.environment["ASAN_OPTIONS"] ?? ""
                runledger.environment["ASAN_OPTIONS"] = sanitizer + ":quarantine_size_mb=1"
                let command = runledger
                let served = try await command.serving("--port", "0") { service in
                    let crowd = try await command.shell(
                        "exec python3 '\(Self.program)' \(service.url) \(service.processID) 1000")
                    #expect(crowd.exitCode == 0, "\(crowd.errors)")
                    #expect(crowd.output.contains(#""connections": 1000"#))
                }
                #expect(served.exitCode == 0)
            }
        }
    #endif

    @Test("Where few files may be open it takes as many connections as there is room for, and says so")
    func fewFiles() async throws {
        try await withLedger { runledger in
            var runledger = runledger
            runledger.environment["RUNLEDGER_ADMIN_TOKEN"] = "a-token-of-sixteen-or-more"
            runledger.environment["RUNLEDGER_TOKEN"] = "a-token-of-sixteen-or-more"
            runledger.environment["RUNLEDGER_REQUEST_TIMEOUT"] = "3600"
            // 12 files are for the database, 64 for those who are turned away, and 100 for all else.
            let outcome = try await runledger.shell(
                """
                ulimit -n 240
                log=$(mktemp)
                '\(CommandLineTool.path)' serve --port 0 2>"$log" &
                service=$!
                url=
                while [ -z "$url" ] && kill -0 $service; do
                    url=$(sed -n 's/.*"listening".*"address":"\\([^"]*\\)".*/\\1/p' "$log")
                done
                python3 '\(Self.program)' "$url" $service 64 >&2
                status=$?
                kill $service
                wait $service
                cat "$log"
                rm "$log"
                exit $status
                """)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains(#""message":"fewer files may be open than connections are allowed; "#))
            #expect(
                outcome.output.contains(#""allowed":"240","connections":"64","wanted":"10176"#), "\(outcome.output)")
        }
    }
}
