import EventLedger
import LibPQ
import Synchronization
import WorkflowEvents
import WorkflowEventsPostgres

/// A writer that commits each event by itself, and what a service does with what it wrote.
final class LongTransactionWork: Sendable {
    private struct State {
        var committedCount = 0
        var seenPosition: Int64 = 0
        var oddities: [String] = []
    }

    private let database: LedgerDatabase
    private let pool: PostgresPool
    private let writer: BatchWriter
    private let patience: Duration
    private let state = Mutex(State())

    private static let producerCount = 64

    init(database: LedgerDatabase, pool: PostgresPool, writer: BatchWriter, patience: Duration) {
        self.database = database
        self.pool = pool
        self.writer = writer
        self.patience = patience
    }

    var committedCount: Int { state.withLock(\.committedCount) }

    func withConnection<Value: Sendable>(
        _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await PostgresConnection.withConnection(database.configuration, logger: World.logger, body)
    }

    /// Commits `count` batches of one event.
    func commit(_ count: Int) async throws {
        let first = committedCount
        try await withThrowingTaskGroup { group in
            for producer in 0..<Self.producerCount {
                group.addTask { [writer] in
                    for number in stride(from: first + producer, to: first + count, by: Self.producerCount) {
                        let result = try await writer.append([Self.event(number)])
                        guard result.acceptedCount == 1 else { throw FaultsError("an event was not accepted") }
                    }
                }
            }
            try await group.waitForAll()
        }
        state.withLock { $0.committedCount += count }
    }

    private static func event(_ number: Int) -> WorkflowEvent {
        var event = WorkflowEvent(
            id: UUIDv7.next(), ts: .now, runID: "run-\(number / 8)", node: Node.workflowOrder[number % 8],
            phase: number % 7 == 0 ? .fail : .end, service: "writer")
        event.durationMS = number % 900
        return event
    }

    /// Commits `count` batches while they are sequenced, followed and rolled up, and waits until the last was seen.
    ///
    /// - Returns: how many were committed a second.
    func load(_ count: Int) async throws -> Double {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.follow() }
            group.addTask { try await self.rollUp() }
            defer { group.cancelAll() }
            let begin = ContinuousClock.now
            try await commit(count)
            let duration = ContinuousClock.now - begin
            let deadline = ContinuousClock.now + patience
            while state.withLock({ $0.seenPosition < Int64($0.committedCount) }) {
                guard ContinuousClock.now < deadline else {
                    state.withLock { $0.oddities.append("the follower came to \($0.seenPosition) alone") }
                    break
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            return Double(count) / (duration / .seconds(1))
        }
    }

    private func follow() async throws {
        let start = state.withLock(\.seenPosition)
        try await Tail(database: database, pool: pool, logger: World.logger).follow(after: start) { events in
            state.withLock { state in
                for event in events {
                    if event.position != state.seenPosition + 1 {
                        state.oddities.append("\(event.position) was seen after \(state.seenPosition)")
                    }
                    state.seenPosition = event.position
                }
            }
        }
    }

    private func rollUp() async throws {
        while true {
            try await Rollup(pool: pool).catchUp()
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// How many batch ids `sequence()` looks back.
    func floorDistance() async throws -> Int64 {
        try await withConnection { connection in
            try await connection.query("select last_value - floor from event_batches_id_seq, sequencing")[0]
                .decode(Int64.self)
        }
    }

    /// What has to hold once everything is over.
    func checks() async throws -> [Check] {
        // Sees what was measured last, too.
        _ = try await load(0)
        try await Rollup(pool: pool).catchUp()
        let differences = try await Rollup(pool: pool).differences()
        let count = committedCount
        let (events, ids, head, gaps) = try await withConnection { connection in
            try await connection.query(
                """
                select (select count(*) from workflow_events), (select count(distinct id) from workflow_events),
                    (select max(first_position + event_count - 1) from event_batches),
                    (select count(*) from (
                        select first_position, lag(first_position + event_count) over (order by first_position) as due
                        from event_batches
                    ) b where first_position is distinct from coalesce(due, 1))
                """)[0].decode(Int64.self, Int64.self, Int64.self, Int64.self)
        }
        let stored = events == count && ids == count ? [] : ["\(events) events are stored, \(ids) different ones"]
        let dense = head == count && gaps == 0 ? [] : ["they end at \(head) and have \(gaps) gaps"]
        return [
            Check("every event is stored once", "\(count) events", faults: stored),
            Check("positions are dense", "1 to \(head)", faults: dense),
            Check(
                "whoever follows sees each event once and in order, also meanwhile", "\(count) events",
                faults: state.withLock(\.oddities)),
            Check("rollups are what the events add up to", "", faults: differences.map { "\($0.kind) \($0.key)" }),
        ]
    }
}
