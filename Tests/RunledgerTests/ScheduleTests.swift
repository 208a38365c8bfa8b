import Foundation
import LedgerTestSupport
import LibPQ
import Logging
import Testing

@Suite("Schedules", .timeLimit(.minutes(10)))
struct ScheduleTests {
    /// A file of schedules in `directory`, which is also where the reports go.
    private func file(in directory: String, _ text: String) throws -> String {
        let path = directory + "/schedules.yaml"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private func nightly(in directory: String, _ reports: String = "[failures]") throws -> String {
        try file(
            in: directory,
            """
            schedules:
              - name: nightly
                reports: \(reports)
                cron: "0 6 * * *"
                time_zone: Europe/Zurich
                window: yesterday
                formats: [csv]
                deliveries:
                  - directory: \(directory)/out
                    file: "{slot}-{report}.{extension}"
            """)
    }

    @Test("check names every mistake with its line and exits 1; a right file is said to be right")
    func check() async throws {
        try await withTemporaryDirectory { directory in
            let good = try nightly(in: directory)
            let right = try await CommandLineTool()("schedule", "check", good)
            #expect(right.exitCode == 0)
            #expect(right.output == "")
            #expect(right.errors == "\(good) is right: 1 schedule.\n")

            let path = try file(
                in: directory,
                """
                schedules:
                  - name: nightly
                    report: failure-trend
                    parameters: { bucket: fortnight }
                    cron: "0 25 * * *"
                    deliveries:
                      - directory: /var/reports
                """)
            let wrong = try await CommandLineTool()("schedule", "check", path)
            #expect(wrong.exitCode == 1)
            #expect(wrong.lines.count == 2)
            #expect(
                wrong.lines.first == """
                    \(path):4: `bucket` of the report `failure-trend` must be one of minute, hour, day, week, month, not \
                    `fortnight`
                    """)
            #expect(wrong.lines.last?.hasPrefix("\(path):5: ") == true)
            #expect(wrong.errors == "Error: \(path) has 2 mistakes.\n")

            let missing = try await CommandLineTool()("schedule", "check", directory + "/none.yaml")
            #expect(missing.exitCode == 1)
            #expect(missing.errors.contains("cannot be read"))
        }
    }

    @Test("list shows when each schedule comes due next, without a database")
    func list() async throws {
        try await withTemporaryDirectory { directory in
            var runledger = CommandLineTool()
            runledger.environment["RUNLEDGER_SCHEDULES_FILE"] = try nightly(in: directory)
            let outcome = try await runledger("schedule", "list", "--format", "ndjson")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let line = try #require(outcome.lines.first)
            let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(row["name"] as? String == "nightly")
            let times = ["next", "second", "third"].compactMap { row[$0] as? String }
            #expect(times.count == 3)
            #expect(times == times.sorted())
            #expect(times.allSatisfy { $0.contains("T04:00:00") || $0.contains("T05:00:00") })

            let unnamed = try await CommandLineTool()("schedule", "list")
            #expect(unnamed.exitCode == 1)
            #expect(unnamed.errors.contains("--schedules"))
        }
    }

    @Test("run makes and delivers a slot once, and exits 1 where something could not be")
    func run() async throws {
        try await withLedger { runledger in
            try await withTemporaryDirectory { directory in
                let path = try nightly(in: directory)
                let arguments = ["schedule", "run", "nightly", "--at", "2025-11-18T05:00:00Z", "--schedules", path]
                let first = try await runledger.run(arguments + ["--format", "json"])
                #expect(first.exitCode == 0, "\(first.errors)")
                #expect(first.output.contains(#""state":"delivered""#))
                #expect(first.output.contains(#""since": "2025-11-16T23:00:00.000000Z""#))
                let name = directory + "/out/20251118T050000Z-failures.csv"
                #expect(FileManager.default.fileExists(atPath: name))
                let second = try await runledger.run(arguments + ["--format", "json"])
                #expect(second.output == first.output)

                let unknown = try await runledger("schedule", "run", "weekly", "--schedules", path)
                #expect(unknown.exitCode == 1)
                #expect(unknown.errors == "Error: There is no schedule weekly; the schedules are nightly.\n")

                try Data("mine".utf8).write(to: URL(filePath: directory + "/out/20251119T050000Z-failures.csv"))
                let taken = try await runledger(
                    "schedule", "run", "nightly", "--at", "2025-11-19T05:00:00Z", "--schedules", path)
                #expect(taken.exitCode == 1)
                #expect(taken.output.contains("failed"))
                #expect(taken.errors.hasSuffix("Error: 1 not delivered.\n"))
            }
        }
    }

    @Test("serve makes what its schedules missed, and refuses a file with mistakes")
    func serve() async throws {
        try await withTestDatabase { database in
            try await withTemporaryDirectory { directory in
                var runledger = CommandLineTool(database: database)
                runledger.environment["RUNLEDGER_ADMIN_TOKEN"] = "a-token-of-sixteen-or-more"
                try #require(try await runledger("migrate", "up").exitCode == 0)
                let path = try nightly(in: directory)
                try await TestServer.run(
                    """
                    insert into runledger.report_schedules (name, first_seen_at)
                    values ('nightly', now() - interval '3 days')
                    """, on: database)
                let outcome = try await runledger.serving("--port", "0", "--schedules", path) { [runledger] service in
                    try await PostgresConnection.withConnection(database, logger: Logger(label: "tests")) {
                        connection in
                        let limit = ContinuousClock.now + .seconds(60) * slowness
                        let delivered: PostgresQuery =
                            "select count(*) from runledger.report_deliveries where state = 'delivered'"
                        while try await connection.query(delivered)[0].decode(Int64.self) == 0, .now < limit {}
                        let metric = #"runledger_scheduled_deliveries_total{outcome="delivered"} 1"#
                        var metrics = ""
                        while !metrics.contains(metric), .now < limit {
                            metrics = try await runledger.shell(
                                "curl --silent -H 'Authorization: Bearer a-token-of-sixteen-or-more' "
                                    + "\(service.url)/metrics"
                            ).output
                        }
                        #expect(metrics.contains(metric))
                        #expect(metrics.contains(#"runledger_scheduled_reports_total{outcome="failed"} 0"#))
                    }
                }
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/out").count == 1)

                let broken = try nightly(in: directory, "[failure]")
                let refused = try await runledger.serving("--port", "0", "--schedules", broken)
                #expect(refused.exitCode == 1)
                #expect(refused.errors.contains("\(broken):3: there is no report `failure`"))
            }
        }
    }
}
