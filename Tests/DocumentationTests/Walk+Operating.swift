import Foundation
import LedgerTestSupport
import LibPQ
import Testing

extension Walk {
    mutating func operating() async throws {
        let tokens = try next("sh")
        let proxied = "nginx is not among what the tests need; OtherProgramTests run it where it is installed"
        try skip("nginx", beginning: "map $http_upgrade", because: proxied)
        let unit = "systemd is not everywhere; OtherProgramTests ask it where it is installed"
        try skip("ini", beginning: "# /etc/systemd/system/runledger.service", because: unit)
        let backup = try next("sh")
        try await withServiceWorkshop { workshop, service, token in
            let listed = try await workshop.run(tokens.text)
            #expect(listed.contains("music-agent") && listed.contains("dashboard"))
            try await workshop.checkAlerts(against: service, token)
        }
        try await withWorkshop { try await $0.restore(backup.text) }
        try await withWorkshop { try await $0.logIn(by: page) }
    }
}

/// The configurations of other programs, by those programs, where they are installed.
@Suite("What the pages say to other programs", .timeLimit(.minutes(2)))
struct OtherProgramTests {
    @Test("nginx passes requests and streams on, over TLS", .enabled(if: has("nginx"), "nginx is not installed"))
    func proxy() async throws {
        let nginx = try block("nginx")
        try await withServiceWorkshop { workshop, service, _ in try await workshop.proxy(nginx, before: service) }
    }

    @Test("systemd takes the unit", .enabled(if: has("systemd-analyze"), "systemd is not installed"))
    func unit() async throws {
        let unit = try block("ini").replacing("/usr/local/bin/runledger", with: CommandLineTool.path)
        try await withTemporaryDirectory { directory in
            try unit.write(toFile: directory + "/runledger.service", atomically: true, encoding: .utf8)
            let outcome = try await CommandLineTool()
                .shell("systemd-analyze verify ./runledger.service 2>&1", in: directory)
            #expect(outcome.output.split(separator: "\n").filter { $0.contains("runledger.service") }.isEmpty)
        }
    }

    @Test("Prometheus takes the rules", .enabled(if: has("promtool"), "promtool is not installed"))
    func rules() async throws {
        let rules = Page.root.appending(path: "docs/alerts.yml").path
        let outcome = try await CommandLineTool().shell("promtool check rules '\(rules)' 2>&1")
        #expect(outcome.exitCode == 0, "\(outcome.output)")
    }

    private func block(_ language: String) throws -> String {
        try #require(try Page("docs/operating.md").blocks.first { $0.language == language }).text
    }

    private static func has(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }
}

extension Workshop {
    /// Every metric that the rules speak of is one that a service has.
    fileprivate func checkAlerts(against service: String, _ token: String) async throws {
        let metrics = try await run("curl --fail -s -H 'Authorization: Bearer \(token)' \(service)/metrics")
        let rules = try Repository.text("docs/alerts.yml")
        let names = Set(rules.matches(of: /\brunledger_[a-z_]+/).map { String($0.output) })
        #expect(names.count >= 5)
        for name in names { #expect(metrics.contains("# TYPE \(name) "), "alerts.yml names \(name)") }
    }

    /// Sends a request and opens streams through nginx, on a socket of its own.
    fileprivate func proxy(_ configuration: String, before service: String) async throws {
        let port = String(service.split(separator: ":").last ?? "")
        let server = configuration.replacing("listen 443 ssl", with: "listen unix:\(directory)/nginx.sock ssl")
            .replacing("http://127.0.0.1:8080", with: "http://127.0.0.1:\(port)")
            .replacing("/etc/ssl/", with: directory + "/")
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(directory)/\($0);" }.joined(separator: " ")
        try write(
            """
            pid \(directory)/nginx.pid; error_log \(directory)/nginx.log; events {}
            http { access_log off; \(temporary)
            \(server)
            }
            """, to: "nginx.conf")
        try await run(
            """
            openssl req -x509 -newkey rsa:2048 -nodes -keyout runledger.key -out runledger.pem -days 1 \
                -subj /CN=runledger.example.com 2>openssl.log
            nginx -c '\(directory)/nginx.conf' || { cat nginx.log; exit 1; }
            trap 'kill $(cat nginx.pid)' EXIT
            ask() { curl --fail -sk --unix-socket nginx.sock -H "Authorization: Bearer $RUNLEDGER_TOKEN" "$@"; }
            ask https://runledger.example.com/v1/events -H 'Content-Type: application/json' \
                -d '{"run_id":"song-1","node":"LYRICS","phase":"start"}'
            ask -N -H 'Accept: text/event-stream' 'https://runledger.example.com/v1/stream?after=0' | head -n 1
            code=$(ask -N --http1.1 -m 2 -o frames -w '%{http_code}' -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
                -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \
                'https://runledger.example.com/v1/stream?after=0') || [ $? -eq 28 ]
            [ "$code" = 101 ]
            """)
    }

    /// Each role may what the table says, and the reader no more.
    fileprivate func logIn(by page: Page) async throws {
        try await run("runledger migrate up")
        for role in ["runledger_writer", "runledger_reader"] {
            var member = self
            member.tool = CommandLineTool(database: TestServer.adding("user", role, to: database))
            let lines = try page.commands(of: role)
            #expect(lines.count >= 4)
            for line in lines where !["runledger serve", "runledger schedule run NAME"].contains(line) {
                try await member.run("\(line) </dev/null")
            }
            let event = #"{"ts":"2025-11-18T12:00:00Z","run_id":"r1","node":"PLAN","phase":"start"}"# + "\n"
            let isWriter = role == "runledger_writer"
            let ingest = try await member.tool("ingest", "-", input: event)
            #expect(ingest.exitCode == (isWriter ? 0 : 1), "\(ingest.errors)")
            let tokens = try await member.tool("token", "list")
            #expect(tokens.exitCode == (isWriter ? 0 : 1))
            if !isWriter {
                #expect(
                    tokens.errors == """
                        Error: Permission denied for table access_tokens; log in as a member of the ledger's writer role; \
                        to read, its reader role is enough.\n
                        """)
            }
            let removal = try await member.tool("psql", "--", "-qXc", "delete from workflow_events")
            #expect(removal.exitCode == 1)
        }
    }

    /// What is dumped is there again after it was restored into a server that has lost it.
    fileprivate func restore(_ commands: String) async throws {
        try await run("runledger migrate up")
        let event = #"{"ts":"2025-11-18T12:00:00Z","run_id":"r1","node":"PLAN","phase":"start"}"# + "\n"
        #expect(try await tool("ingest", "-", input: event).exitCode == 0)
        // It refuses a server that is newer than itself, as there is where only the server's programs are new.
        let versions = try await run(
            "pg_dump --version; psql -XAtd \"$RUNLEDGER_DATABASE_URL\" -c 'show server_version'")
        let majors = versions.matches(of: /(?:^|\) |\n)(\d+)[.\d]*/).compactMap { Int($0.1) }
        try #require(majors.count == 2, "\(versions)")
        guard majors[0] >= majors[1] else { return }
        let server = try TestServer.configuration().connectionString
        let name = try await run("psql -XAtd \"$RUNLEDGER_DATABASE_URL\" -c 'select current_database()'")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let lines = commands.split(separator: "\n").map(String.init)
        try #require(lines.count == 3)
        try await run(lines[0])
        try await run("psql -Xqd '\(server)' -c 'drop database \(name)'")
        try await run(lines[1], replacing: ["--dbname=postgres": "--dbname='\(server)'"])
        let url = "'\(database.connectionString)'"
        try await run(lines[2], replacing: ["postgresql://admin@db.internal/runs": url])
        #expect(try await run("runledger events").contains(#""run_id":"r1""#))
    }
}

extension Page {
    /// The commands that the table of roles has in the row of `role`.
    fileprivate func commands(of role: String) throws -> [String] {
        let lines = try Repository.text(path).split(separator: "\n")
        let row = try #require(lines.first { $0.hasPrefix("| `\(role)` |") }, "no row on \(role)")
        return row.matches(of: /`(runledger [^`]+)`/).map { String($0.1) }
    }
}
