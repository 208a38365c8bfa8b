import Foundation
import LedgerTestSupport
import LibPQ
import Synchronization
import Testing

/// The service as its operators run it. Requests are sent with curl, as the announcement of the first token shows.
@Suite("Serving", .timeLimit(.minutes(10)))
struct ServeTests {
    private static let token = "a-token-of-sixteen-or-more"
    private static let event = #"{"run_id":"r1","node":"LYRICS","phase":"start"}"#

    @Test("The first start on a private database prints a token and a request that works, the second prints nothing")
    func firstStart() async throws {
        try await withTemporaryDirectory { directory in
            let runledger = CommandLineTool(dataDirectory: directory + "/data")
            let first = try await runledger.serving("--port", "0")
            #expect(first.exitCode == 0, "\(first.errors)")
            #expect(first.lines.first == "An administrator's token, shown this once:")
            let token = try #require(first.output.firstMatch(of: /\n  (rl_[A-Za-z0-9_-]{43})\n/)).1
            let (request, port) = try #require(
                first.output.firstMatch(of: /\n  (curl http:\/\/127\.0\.0\.1:(\d+)\/.*)\n/).map {
                    (String($0.1), String($0.2))
                })
            #expect(!first.errors.contains(token))

            let second = try await runledger.serving("--port", port) { service in
                let answer = try await runledger.shell(request + " --silent --show-error")
                #expect(answer.output == "{\"accepted\":1,\"duplicates\":0}\n", "\(answer.errors)")
            }
            #expect(second.exitCode == 0)
            #expect(second.output == "")
            let tokens = try await runledger("token", "list", "--format", "ndjson")
            #expect(tokens.lines.count == 1)
            #expect(tokens.output.hasPrefix(#"{"name":"admin","state":"valid","#))
        }
    }

    @Test("A start that cannot listen makes no token, so that the next one prints it")
    func takenPort() async throws {
        try await withLedger { runledger in
            var administered = runledger
            administered.environment["RUNLEDGER_ADMIN_TOKEN"] = Self.token
            let first = try await administered.serving("--port", "0") { service in
                let second = try await runledger.serving("--port", service.port)
                #expect(second.exitCode == 1)
                #expect(second.output == "")
                #expect(
                    second.errors.hasSuffix(
                        """
                        Error: Port \(service.port) of 127.0.0.1 is taken by another program; choose another with \
                        --port.\n
                        """), "\(second.errors)")
            }
            #expect(first.exitCode == 0)
            #expect(first.output == "", "a token from outside needs no other")
            let third = try await runledger.serving("--port", "0")
            #expect(third.output.contains("rl_"))
        }
    }

    @Test("An address that others can reach is not listened on before there is a token")
    func openAddress() async throws {
        try await withLedger { runledger in
            for host in ["0.0.0.0", "::", "203.0.113.1", "127.example.com"] {
                let refused = try await runledger.serving("--host", host, "--port", "0")
                #expect(refused.exitCode == 1)
                #expect(refused.output == "")
                #expect(
                    refused.errors == """
                        Error: \(host) can be reached from other machines and the ledger has no token yet. Make one \
                        with: runledger token create --name NAME --scope admin; or set RUNLEDGER_ADMIN_TOKEN.\n
                        """)
            }
            #expect(try await runledger("token", "create", "--name", "a", "--scope", "events:write").exitCode == 0)
            let served = try await runledger.serving("--host", "0.0.0.0", "--port", "0") { service in
                let answer = try await runledger.shell(
                    "curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:\(service.port)/healthz"
                )
                #expect(answer.output == "200")
            }
            #expect(served.exitCode == 0)
            #expect(served.output == "")
        }
    }

    @Test("An address that is not there is named")
    func wrongAddress() async throws {
        try await withLedger { runledger in
            var runledger = runledger
            runledger.environment["RUNLEDGER_ADMIN_TOKEN"] = Self.token
            // TEST-NET-3 of RFC 5737: nobody's address.
            let outcome = try await runledger.serving("--host", "203.0.113.1", "--port", "0")
            #expect(outcome.exitCode == 1)
            #expect(
                outcome.errors.hasSuffix(
                    "Error: 203.0.113.1 is no address of this machine; name one that is with --host.\n"))
        }
    }

    @Test("SIGTERM ends it with 0 within ten seconds, after it has told and closed its streams")
    func termination() async throws {
        try await withLedger { runledger in
            var administered = runledger
            administered.environment["RUNLEDGER_ADMIN_TOKEN"] = Self.token
            let command = administered
            let closing = Mutex(ContinuousClock.now)
            let outcome = try await command.serving("--port", "0") { service in
                let stream = try await command.shell(
                    """
                    curl --silent --no-buffer '\(service.url)/v1/stream?after=0' \
                        -H "Authorization: Bearer $RUNLEDGER_ADMIN_TOKEN" -H 'Accept: text/event-stream' |
                    while read -r line; do
                        echo "$line"
                        case $line in *caught_up*) kill -TERM \(service.processID) ;; esac
                    done
                    """)
                #expect(stream.output.contains("closing"))
                closing.withLock { $0 = .now }
            }
            #expect(outcome.exitCode == 0)
            #expect(ContinuousClock.now - closing.withLock(\.self) < Duration.seconds(9) * slowness)
        }
    }

    @Test("Whoever does not read its log keeps it neither from answering nor from ending")
    func unreadLog() async throws {
        try await withLedger { runledger in
            var administered = runledger
            administered.environment["RUNLEDGER_ADMIN_TOKEN"] = Self.token
            let command = administered
            // Two thousand records are several times what a pipe takes.
            let outcome = try await withTemporaryDirectory { directory in
                try await command.shell(
                    """
                    mkfifo log
                    exec 3<>log 4<log 5>log
                    runledger serve --port 0 2>&5 3>&- 4<&- 5>&- &
                    trap 'kill $! 2>/dev/null' EXIT
                    exec 3>&- 5>&-
                    while read -r line <&4; do
                        case $line in *listening*) break ;; esac
                    done
                    url=$(echo "$line" | sed 's/.*"address":"\\([^"]*\\)".*/\\1/')
                    curl --silent --fail-early --max-time 60 --output /dev/null --write-out '%{http_code}\\n' \
                        "$url/nowhere/[1-2000]" | sort | uniq -c
                    kill -TERM $!
                    wait $!
                    echo $?
                    """, in: directory)
            }
            #expect(outcome.output.split(whereSeparator: \.isWhitespace) == ["2000", "404", "0"])
        }
    }

    @Test("On a database that is not migrated it says what to do, and --migrate does it")
    func migrate() async throws {
        try await withTestDatabase { database in
            let runledger = CommandLineTool(database: database)
            let refused = try await runledger.serving("--port", "0")
            #expect(refused.exitCode == 1)
            #expect(
                refused.errors
                    == "Error: There is no ledger in schema runledger of this database. Run runledger migrate up.\n")
            let served = try await runledger.serving("--port", "0", "--migrate") { service in
                let ready = try await runledger.shell("curl --silent --fail \(service.url)/readyz")
                #expect(ready.exitCode == 0)
            }
            #expect(served.exitCode == 0)
        }
    }

    @Test("A token from outside is good, as a variable or a file, and one that can be guessed is refused")
    func adminToken() async throws {
        try await withLedger { runledger in
            try await withTemporaryDirectory { directory in
                let file = directory + "/token"
                for wrong in ["fifteen-letters", "with a space in the middle", "ümlaut-and-so-on-and-on"] {
                    var variable = runledger
                    variable.environment["RUNLEDGER_ADMIN_TOKEN"] = wrong
                    try wrong.write(toFile: file, atomically: false, encoding: .utf8)
                    for outcome in [
                        try await variable.serving("--port", "0"),
                        try await runledger.serving("--port", "0", "--admin-token-file", file),
                    ] {
                        #expect(outcome.exitCode == 1)
                        #expect(
                            outcome.errors == """
                                Error: The administrator's token must be 16 or more printable ASCII characters \
                                without spaces; `openssl rand -hex 32` makes one.\n
                                """)
                    }
                }
                let missing = try await runledger.serving("--port", "0", "--admin-token-file", file + "s")
                #expect(missing.errors == "Error: The token file \(file)s cannot be read.\n")
                try (Self.token + "\n").write(toFile: file, atomically: false, encoding: .utf8)
                let served = try await runledger.serving("--port", "0", "--admin-token-file", file) { service in
                    let answer = try await runledger.shell(
                        """
                        curl --silent '\(service.url)/v1/events' -H 'Authorization: Bearer \(Self.token)' \
                            -H 'Content-Type: application/json' -d '\(Self.event)'
                        """)
                    #expect(answer.output == "{\"accepted\":1,\"duplicates\":0}\n")
                }
                #expect(served.output == "")
                #expect(!served.errors.contains(Self.token))
            }
        }
    }

    @Test("A revoked token is refused by a service that runs, within five seconds")
    func revocation() async throws {
        try await withLedger { runledger in
            let token = try await runledger("token", "create", "--name", "a", "--scope", "events:read").output
                .dropLast()
            let served = try await runledger.serving("--port", "0") { service in
                let request =
                    "curl --silent --output /dev/null --write-out '%{http_code}' '\(service.url)/v1/runs' "
                    + "-H 'Authorization: Bearer \(token)'"
                #expect(try await runledger.shell(request).output == "200")
                #expect(try await runledger("token", "revoke", "a").exitCode == 0)
                let limit = ContinuousClock.now + .seconds(6) * slowness
                var status = "200"
                while status == "200", ContinuousClock.now < limit {
                    status = try await runledger.shell(request).output
                }
                #expect(status == "401")
            }
            #expect(served.exitCode == 0)
        }
    }

    @Test(
        "A setting out of its range is refused with its name",
        arguments: [
            ("RUNLEDGER_PORT", "x", "RUNLEDGER_PORT is x, which is no whole number."),
            ("RUNLEDGER_PORT", "70000", "runledger.port is 70000; it must be 0 to 65535."),
            (
                "RUNLEDGER_DATABASE_CONNECTIONS", "1",
                "runledger.database.connections is 1; it must be 4 to 200."
            ),
            ("RUNLEDGER_REQUEST_TIMEOUT", "0", "runledger.request.timeout is 0; it must be 1 to 3600."),
            ("RUNLEDGER_SUBSCRIBERS", "0", "runledger.subscribers is 0; it must be 1 to 1000000."),
        ])
    func wrongSetting(name: String, value: String, sentence: String) async throws {
        var runledger = CommandLineTool()
        runledger.environment["RUNLEDGER_DATABASE_URL"] = "postgresql://127.0.0.1:1/x"
        runledger.environment[name] = value
        let outcome = try await runledger.serving()
        #expect(outcome.errors == "Error: \(sentence)\n")
        #expect(outcome.exitCode == 1)
    }
}
