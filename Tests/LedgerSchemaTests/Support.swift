import LedgerTestSupport
import LibPQ
import Logging

/// Where the tests' connections log to.
let testLogger: Logger = {
    var logger = Logger(label: "tests")
    logger.logLevel = .warning
    return logger
}()

/// Gives `body` an empty ledger and a connection to it as its writer.
nonisolated(nonsending) func withWriter<Value>(
    _ body: (TestLedger, PostgresConnection) async throws -> Value
) async throws -> Value {
    try await withTestLedger { ledger in
        try await PostgresConnection.withConnection(ledger.writer, logger: testLogger) { try await body(ledger, $0) }
    }
}

/// Connects for the time `body` runs.
nonisolated(nonsending) func connected<Value>(
    _ configuration: PostgresConfiguration, _ body: (PostgresConnection) async throws -> Value
) async throws -> Value {
    try await PostgresConnection.withConnection(configuration, logger: testLogger, body)
}

/// One event to store, at so many seconds into 2025.
struct TestEvent: Sendable {
    var run = "run-1"
    var second = 0
    var node = "LYRICS"
    var phase = "start"
    var durationMS: Int64 = 0
    var metrics = "{}"
    var issues: [String] = []
    var execution: String?
    var service: String?

    static let epoch: Int64 = 1_735_689_600_000_000

    var ts: PostgresTimestamp { .second(second) }
}

extension PostgresTimestamp {
    /// So many seconds into 2025.
    static func second(_ second: Int) -> PostgresTimestamp {
        PostgresTimestamp(microsecondsSince1970: TestEvent.epoch + Int64(second) * 1_000_000)
    }
}

extension PostgresConnection {
    /// Stores a batch in a transaction of its own and returns its id.
    @discardableResult
    nonisolated(nonsending) func store(_ events: [TestEvent], source: String = "test") async throws -> Int64 {
        try await transaction { try await $0.insert(events, source: source) }
    }

    /// Inserts a batch and returns its id.
    @discardableResult
    func insert(_ events: [TestEvent], source: String = "test") async throws -> Int64 {
        let seconds = events.map(\.second)
        let id = try await query(
            """
            insert into event_batches (source, event_count, ts_min, ts_max)
            values (\(source), \(Int32(events.count)),
                \(PostgresTimestamp.second(seconds.min() ?? 0)), \(PostgresTimestamp.second(seconds.max() ?? 0)))
            returning id
            """)[0].decode(Int64.self)
        _ = try await pipeline(
            events.enumerated().map { ordinal, event -> PostgresQuery in
                """
                insert into workflow_events (run_id, ts, id, node, phase, duration_ms, metrics, issues, execution_id,
                    service, batch_id, ordinal)
                values (\(event.run), \(event.ts), gen_random_uuid(), \(event.node), \(event.phase),
                    \(event.durationMS), \(PostgresJSON(text: event.metrics)), \(event.issues),
                    \(event.execution as String?)::text::uuid, \(event.service as String?), \(id), \(Int32(ordinal)))
                """
            })
        return id
    }

    /// Calls `sequence()`.
    @discardableResult
    func sequence(wait: Bool = true) async throws -> Int64? {
        try await query("select sequence(\(wait))")[0].decode(Int64?.self)
    }

    /// Makes the partition of a time.
    @discardableResult
    func ensurePartition(_ ts: String) async throws -> (from: String, to: String) {
        let row = try await query(
            "select from_ts::text, to_ts::text from ensure_partition(\(ts)::text::timestamptz)")[0]
        return try row.decode(String.self, String.self)
    }

    /// The first column of every row.
    func column<Value: PostgresDecodable>(_ query: PostgresQuery, as type: Value.Type) async throws -> [Value] {
        try await self.query(query).map { try $0.decode(type) }
    }

    /// The first column of the first row.
    func value<Value: PostgresDecodable>(_ query: PostgresQuery, as type: Value.Type) async throws -> Value {
        try await self.query(query)[0].decode(type)
    }
}

/// What the server says to a statement that it refuses.
nonisolated(nonsending) func refusal(_ body: () async throws -> Void) async throws -> PostgresError? {
    do {
        try await body()
        return nil
    } catch let error as PostgresError {
        return error
    }
}

extension SQLState {
    static let appendOnly = SQLState(rawValue: "RL001")
    static let tooManyPartitions = SQLState(rawValue: "RL002")
    static let needsReadCommitted = SQLState(rawValue: "RL003")
    static let partitionNameTaken = SQLState(rawValue: "RL004")
    static let openSchema = SQLState(rawValue: "RL005")
}
