import LedgerReporting
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// What storing and asking cost in ledgers that hold a hundredth, a tenth and all of so many events, of 90 days each.
struct EventGrowth {
    let bench: Workbench
    let pairs: Int
    /// In the largest ledger.
    let eventCount: Int

    /// When every history ends; what is stored after it is not of the future either.
    private let end = Timestamp.now.microsecondsSince1970 - 10 * day

    private static let day: Int64 = 86_400_000_000
    private static let dayCount: Int64 = 90

    private var sizes: [Int] { [eventCount / 100, eventCount / 10, eventCount] }
    /// Of one run of the writer.
    private var ingestCount: Int { min(100_000, eventCount / 20 / pairs) }

    private struct Ingest {
        var ours: [Double] = []
        var theirs: [Double] = []
    }

    func run() async throws -> Findings {
        var times: [[String: Double]] = []
        var ingests: [Ingest] = []
        var findings = Findings()
        let days = Self.span(from: end - Self.dayCount * Self.day, to: end)
        let questions = try ReportQuestion.all(over: days)
        for size in sizes {
            try await bench.withNewLedger { bench in
                try await bench.withPool { pool in
                    let ledger = HistoryLedger(bench: bench, pool: pool)
                    try await ledger.store(History(eventCount: size, name: "history", times: days))
                    times.append(try await ask(questions, over: pool))
                    if size == eventCount {
                        findings.goals = try await ReportGoals(eventCount: eventCount).rows(
                            questions, small: times[1], large: times[2], over: pool)
                    }
                    ingests.append(try await ingest(ledger))
                }
            }
        }
        findings.growth = [ingestTable(ingests), reportTable(questions, times)]
        return findings
    }

    /// Stores some more events, as many a day in every ledger as there are in the largest.
    private func ingest(_ ledger: HistoryLedger) async throws -> Ingest {
        let count = pairs * ingestCount
        let time = Self.dayCount * Self.day * Int64(count) / Int64(eventCount)
        let history = History(eventCount: count, name: "later", times: Self.span(from: end, to: end + time))
        var ingest = Ingest()
        for pair in 0..<pairs {
            let numbers = pair * ingestCount..<(pair + 1) * ingestCount
            ingest.ours.append(try await ledger.ingest(numbers, of: history))
            ingest.theirs.append(try await ledger.copy(numbers, of: history))
        }
        return ingest
    }

    private static func span(from begin: Int64, to end: Int64) -> Range<Timestamp> {
        Timestamp(microsecondsSince1970: begin)..<Timestamp(microsecondsSince1970: end)
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
                ledger takes as one of a tenth. Each is of 90 days. A service gives up a report after 60 s.
                """,
            columns: ["report"] + sizes.map { "\(grouped(Double($0))) events" } + ["growth for ten times"],
            rows: questions.map { question in
                let own = times.map { $0[question.definition.name] ?? .nan }
                return ["`\(question.text)`"] + own.map { short($0 * 1000) } + [fixed(own[2] / own[1], 1)]
            })
    }
}
