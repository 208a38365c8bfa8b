import LedgerAccess
import LedgerTestSupport
import LibPQ
import WorkflowEventsPostgres

extension TestLedger {
    /// Runs `body` with a pool of the role that the service has.
    func withPool<Value: Sendable>(_ body: (PostgresPool) async throws -> Value) async throws -> Value {
        try await withLedgerPool(database, logger: TestLedger.logger, body)
    }

    /// Runs `body` with the tokens.
    func withTokens<Value: Sendable>(_ body: (TokenRepository) async throws -> Value) async throws -> Value {
        try await withPool { try await body(TokenRepository(pool: $0)) }
    }
}

extension PostgresTimestamp {
    /// Far from now.
    static let future = PostgresTimestamp(microsecondsSince1970: 4_102_444_800_000_000)
    /// Long ago.
    static let past = PostgresTimestamp(microsecondsSince1970: 946_684_800_000_000)
}
