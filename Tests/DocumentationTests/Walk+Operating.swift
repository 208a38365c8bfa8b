import Foundation
import LedgerTestSupport
import LibPQ
import Testing

extension Walk {
    mutating func operating() async throws {
        let tokens = try next("sh")
        let nginx = try next("nginx")
        let unit = try next("ini")
        let backup = try next("sh")
        try await withServiceWorkshop { workshop, service, token in
            let listed = try await workshop.run(tokens.text)
            #expect(listed.contains("music-agent") && listed.contains("dashboard"))
            try await workshop.checkAlerts(against: service, token)
            try await workshop.checkProxy(nginx.text, before: service)
            try await workshop.checkUnit(unit.text)
        }
        try await withWorkshop { try await $0.restore(backup.text) }
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
        if try await has("promtool") {
            try await run("promtool check rules '\(Page.root.appending(path: "docs/alerts.yml").path)'")
        }
    }

    /// The proxy passes requests and a stream on, over TLS. Where nginx is missing, which nobody needs to build or test
    /// the rest, this does nothing.
    fileprivate func checkProxy(_ configuration: String, before service: String) async throws {
        guard try await has("nginx") else { return }
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

    /// The unit is one that systemd takes. Where systemd is missing, this does nothing.
    fileprivate func checkUnit(_ unit: String) async throws {
        guard try await has("systemd-analyze") else { return }
        try write(unit.replacing("/usr/local/bin/runledger", with: CommandLineTool.path), to: "runledger.service")
        let outcome = try await tool.shell("systemd-analyze verify ./runledger.service 2>&1", in: directory)
        let complaints = outcome.output.split(separator: "\n").filter { $0.contains("runledger.service") }
        #expect(complaints.isEmpty)
    }

    /// What is dumped is there again after it was restored into a server that has lost it.
    fileprivate func restore(_ commands: String) async throws {
        try await run("runledger migrate up")
        let event = #"{"ts":"2025-11-18T12:00:00Z","run_id":"r1","node":"PLAN","phase":"start"}"# + "\n"
        #expect(try await tool("ingest", "-", input: event).exitCode == 0)
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

    private func has(_ program: String) async throws -> Bool {
        try await tool.shell("command -v \(program) >/dev/null").exitCode == 0
    }
}
