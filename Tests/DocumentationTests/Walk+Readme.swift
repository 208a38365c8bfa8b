import Foundation
import LedgerTestSupport
import LibPQ
import Testing

extension Walk {
    mutating func readme() async throws {
        try await nextScripts()
        try await nextScripts()
        let live = try next("text")
        let tour = try next("sh")
        let report = try next("console")
        let kept = try next("sh")
        let ingest = try next("console")
        try await withWorkshop { workshop in
            try await workshop.run("runledger migrate up")
            try await workshop.tour(tour.text, showing: live.text)
            try await workshop.converse(report.text)
            try await workshop.run(kept.text)
            try workshop.write(Self.eventLines(5000, wrong: 3), to: "events.ndjson")
            try await workshop.converse(ingest.text, exitCode: 1)
        }

        let migrate = try next("sh")
        let serve = try next("sh")
        let follow = try next("sh")
        try await withWorkshop { workshop in
            let url = "'\(workshop.database.connectionString)'"
            try await workshop.run(migrate.text, replacing: ["postgresql://admin@db.internal/runs": url])
            try await workshop.serve(serve.text, following: follow.text)
        }

        try await withTemporaryDirectory { try await manifest(try next("swift").text, in: $0) }
        try nextSnippet()
        try nextSnippet()
        try await program()
    }

    /// The program stores what it says in a ledger.
    private func program() async throws {
        try await withWorkshop { workshop in
            try await workshop.run("runledger migrate up")
            let song = try await makeSong(runID: "song-1", database: workshop.database.connectionString)
            #expect(song.lines.count == 9)
            let events = try await workshop.run("runledger events").split(separator: "\n")
            #expect(events.count == 2)
            #expect(
                events.last?.contains(#""metrics":{"lines_generated":9},"issues":["Warning: short lyrics"]"#) == true)
        }
    }

    /// What goes into a package's manifest names products that there are, and is one.
    private func manifest(_ block: String, in directory: String) async throws {
        let lines = block.split(separator: "\n")
        let dependencies = lines.filter { $0.hasPrefix(".package(") }.joined(separator: "\n")
        let products = lines.filter { $0.hasPrefix(".product(") }.joined(separator: "\n")
        try """
        // swift-tools-version: 6.2
        import PackageDescription
        let package = Package(
            name: "songs",
            dependencies: [\(dependencies)],
            targets: [.executableTarget(name: "songs", dependencies: [\(products)])]
        )
        """.write(toFile: directory + "/Package.swift", atomically: true, encoding: .utf8)
        let outcome = try await CommandLineTool().shell("swift package --disable-sandbox dump-package", in: directory)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let own = try Repository.text("Package.swift")
        let named = block.matches(of: /\.product\(name: "(\w+)", package: "runledger"\)/).map { String($0.1) }
        #expect(named.count == 2)
        #expect(named.allSatisfy { own.contains(".library(name: \"\($0)\"") })
    }

    /// `count` lines of events, one of which has a duration below zero.
    private static func eventLines(_ count: Int, wrong: Int) -> String {
        (1...count).map { number in
            let time = Date(timeIntervalSince1970: 1_763_467_200 + Double(number)).ISO8601Format()
            let duration = number == wrong ? -1 : number
            return #"{"ts":"\#(time)","run_id":"r1","node":"LYRICS","phase":"end","duration_ms":\#(duration)}"# + "\n"
        }.joined()
    }
}

extension Workshop {
    /// Runs the tour's commands one by one; the demo must show the events `live`.
    fileprivate func tour(_ block: String, showing live: String) async throws {
        for line in block.split(separator: "\n") {
            let line = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            switch line {
            case "export PATH=$PWD/.build/debug:$PATH":
                break  // Here the command is on the path already.
            case _ where line.hasPrefix("runledger demo "):
                let shown = Self.untimed(try await run(line + " --pace 0.05")).split(separator: "\n")
                for event in Self.untimed(live).split(separator: "\n") { #expect(shown.contains(event), "\(event)") }
            case "runledger events --follow":
                try await follow(line) { number in
                    _ = try await tool("ingest", "-", input: Self.event(number))
                }
            case "runledger psql":
                let count = try await tool("psql", input: "select count(*) > 0 as here from workflow_events;\n")
                #expect(count.exitCode == 0)
                #expect(count.output.contains("here"))
            default:
                #expect(try await run(line) != "", "\(line)")
            }
        }
    }

    /// Runs the service, and its commands from elsewhere.
    fileprivate func serve(_ command: String, following block: String) async throws {
        try #require(command == "runledger serve")
        let commands = block.split(separator: "\n").map(String.init)
        try #require(commands.count == 2)
        let outcome = try await tool.serving("--port", "0") { service in
            let token = try await run(commands[0]).trimmingCharacters(in: .whitespacesAndNewlines)
            let follower = commands[1].replacing("rl_…", with: token)
                .replacing("http://127.0.0.1:8080", with: service.url)
            try #require(follower.contains(token) && follower.contains(service.url))
            try await follow(follower) { number in _ = try await tool("ingest", "-", input: Self.event(number)) }
        }
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\n  curl http://127.0.0.1:"))
    }

    private static func event(_ number: Int) -> String {
        #"{"ts":"2025-11-18T12:00:00Z","run_id":"follow-\#(number)","node":"PLAN","phase":"start"}"# + "\n"
    }

    /// Lines of events without their position, time and duration, and without what measures time.
    private static func untimed(_ lines: String) -> String {
        lines.replacing(#/(?m)^ +\d+  \d\d:\d\d:\d\d\.\d{3}  /#, with: "").replacing(#/ +\d+ ms/#, with: " ms")
            .replacing(#/(?m) +$/#, with: "")
    }
}
