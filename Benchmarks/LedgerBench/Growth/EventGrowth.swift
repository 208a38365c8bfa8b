import LedgerReporting
import LibPQ
import WorkflowEventsPostgres

/// What storing and asking cost in a ledger of a hundredth, a tenth and all of a history of 90 days.
struct EventGrowth {
    let bench: Workbench
    let pairs: Int
    /// Of the whole history.
    let eventCount: Int

    private var sizes: [Int] { [eventCount / 100, eventCount / 10, eventCount] }
    /// Of one run of the writer.
    private var ingestCount: Int { min(100_000, eventCount / 20 / pairs) }

    private struct Ingest {
        var ours: [Double] = []
        var theirs: [Double] = []
    }

    func run() async throws -> Findings {
        // What is stored at the last size comes after it.
        let history = History(bench: bench, eventCount: eventCount + pairs * ingestCount)
        return try await bench.withPool { pool in
            var ledger = GrowingHistory(history)
            var times: [[String: Double]] = []
            var ingests: [Ingest] = []
            var findings = Findings()
            for size in sizes {
                try await ledger.grow(to: size, over: pool)
                let questions = try ReportQuestion.all(over: history.times(0..<size))
                times.append(try await ask(questions, over: pool))
                if size == eventCount {
                    findings.goals = try await ReportGoals(eventCount: eventCount).rows(
                        questions, small: times[1], large: times[2], over: pool)
                    findings.growth = [reportTable(questions, times)]
                }
                var ingest = Ingest()
                for _ in 0..<pairs {
                    ingest.ours.append(try await ledger.ingest(ingestCount, over: pool))
                    ingest.theirs.append(try await ledger.copy(ingestCount))
                }
                ingests.append(ingest)
            }
            findings.growth.insert(ingestTable(ingests), at: 0)
            return findings
        }
    }

    private func ask(_ questions: [ReportQuestion], over pool: PostgresPool) async throws -> [String: Double] {
        var runner = ReportRunner(pool: pool)
        runner.statementTimeout = .seconds(600)
        var times: [String: Double] = [:]
        for question in questions { times[question.definition.name] = try await question.time(by: runner) }
        return times
    }

    private func ingestTable(_ ingests: [Ingest]) -> Table {
        Table(
            heading: "Storing, by what the ledger holds",
            note: """
                Two producers on a batch writer, until every event is numbered and rolled up, beside two binary \
                `psql \\copy` that are rolled back. \(grouped(Double(ingestCount))) events a run, \(pairs) runs at each size.
                """,
            columns: ["events before", "ours, rows/s", "ceiling, rows/s", "ratio", "beside the first size"],
            rows: zip(sizes, ingests).map { size, ingest in
                [
                    grouped(Double(size)), grouped(ingest.ours.median), grouped(ingest.theirs.median),
                    fixed(zip(ingest.ours, ingest.theirs).map { $0 / $1 }.median),
                    fixed(ingest.ours.median / ingests[0].ours.median),
                ]
            })
    }

    private func reportTable(_ questions: [ReportQuestion], _ times: [[String: Double]]) -> Table {
        Table(
            heading: "Asking, by what the ledger holds",
            note: """
                Every report over everything, in milliseconds; the last column is how many times as long the largest \
                ledger takes as one of a tenth. The history is of 90 days, the smaller ledgers of the first 9 of them and \
                of not quite the first. A service gives up a report after 60 s.
                """,
            columns: ["report"] + sizes.map { "\(grouped(Double($0))) events" } + ["growth for ten times"],
            rows: questions.map { question in
                let own = times.map { $0[question.definition.name] ?? .nan }
                return ["`\(question.text)`"] + own.map { short($0 * 1000) } + [fixed(own[2] / own[1], 1)]
            })
    }
}
