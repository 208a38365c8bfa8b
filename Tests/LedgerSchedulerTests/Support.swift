import Foundation
import LedgerReporting
import LedgerScheduler
import LedgerSchedules
import LedgerTestSupport
import LibPQ
import Synchronization
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

/// The moment that RFC 3339 writes as `text`.
func utc(_ text: String) -> Timestamp {
    guard let timestamp = Timestamp(rfc3339: text) else { preconditionFailure("\(text) is no time") }
    return timestamp
}

/// A ledger with ``FixedRuns``, a clock at 12:30 on their day, and a directory.
struct Stage: Sendable {
    let ledger: TestLedger
    let pool: PostgresPool
    let clock: StoppedClock
    let directory: String
    private let log = OutcomeLog()

    /// How often each outcome was told.
    var outcomes: [ScheduleOutcome: Int] { log.counts.withLock { $0 } }

    var repository: ExecutionRepository { ExecutionRepository(pool: pool) }

    /// A scheduler as a process of its own would have it.
    func scheduler(
        _ schedules: [Schedule], pool: PostgresPool? = nil, clock: SinkClock? = nil
    ) throws -> ReportScheduler {
        var definitions = try ReportCatalogue.builtIn().definitions
        definitions.append(try ReportDefinition(file: "broken.sql", text: Self.brokenReport))
        return ReportScheduler(
            schedules, catalogue: ReportCatalogue(definitions), pool: pool ?? self.pool,
            environment: ["HOOK_SECRET": Self.secret], clock: clock ?? self.clock.sinkClock,
            logger: TestLedger.logger
        ) { [log] outcome in log.counts.withLock { $0[outcome, default: 0] += 1 } }
    }

    /// A schedule of `failures` that is due every hour and goes to the directory.
    func hourly(
        _ name: String = "hourly", reports: [String] = ["failures"], formats: [ReportFormat] = [.csv],
        catchUp: CatchUp = .all, deliveries: [Delivery]? = nil
    ) throws -> Schedule {
        Schedule(
            name: name, reports: reports, cron: try CronExpression("0 * * * *"), window: .last(1, .hours),
            formats: formats, catchUp: catchUp,
            deliveries: try deliveries
                ?? [.directory(path: directory, template: FileNameTemplate("{schedule}/{slot}-{report}.{extension}"))])
    }

    func webhook(_ url: String) throws -> Delivery {
        .webhook(url: try #require(URL(string: url)), secret: .environment("HOOK_SECRET"))
    }

    /// All executions, oldest first.
    func executions() async throws -> [ReportExecution] {
        try await repository.executions(limit: 1000).elements.reversed()
    }

    /// The files below the directory.
    var files: [String] { LedgerTestSupport.files(under: directory).sorted() }

    static let secret = "S3CRET-OF-THE-HOOK"
    private static let brokenReport = """
        -- title: Broken
        -- description: Divides by zero.
        -- parameter: since timestamp | from when on
        -- parameter: until timestamp | until when
        -- column: quotient integer
        select 1 / (position - position) as quotient from events where ts >= :since and ts < :until order by position
        """
}

private final class OutcomeLog: Sendable {
    let counts = Mutex<[ScheduleOutcome: Int]>([:])
}

func withStage(_ body: (Stage) async throws -> Void) async throws {
    try await withTestLedger { ledger in
        _ = try await ledger.withRepository { try await $0.append(FixedRuns.events) }
        try await withTemporaryDirectory { directory in
            try await withLedgerPool(ledger.database, logger: TestLedger.logger) { pool in
                try await body(
                    Stage(
                        ledger: ledger, pool: pool, clock: StoppedClock(utc("2025-11-18T12:30:00Z")),
                        directory: directory))
            }
        }
    }
}
