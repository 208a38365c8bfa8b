package import LibPQ
package import Logging
package import WorkflowEventsPostgres

extension TestLedger {
    /// The ledger as the role that stores events.
    package var database: LedgerDatabase { database(as: writer) }

    /// The ledger as the role of `configuration`.
    package func database(as configuration: PostgresConfiguration) -> LedgerDatabase {
        LedgerDatabase(url: configuration.connectionString, schema: schema, applicationName: "runledger-tests")
    }

    /// Runs `body` with a repository of its own.
    package func withRepository<Value: Sendable>(
        _ body: (EventRepository) async throws -> Value
    ) async throws -> Value {
        try await EventRepository.withRepository(database, logger: TestLedger.logger, body)
    }

    /// Runs `body` with a writer of its own.
    package func withWriter<Value: Sendable>(
        settings: BatchWriter.Settings = BatchWriter.Settings(), _ body: (BatchWriter) async throws -> Value
    ) async throws -> Value {
        try await withLedgerPool(database, logger: TestLedger.logger) { pool in
            try await withBatchWriter(
                database, pool: pool, settings: settings, logger: TestLedger.logger, body)
        }
    }

    /// Runs `body` with a committer of its own.
    package func withCommitter<Value: Sendable>(
        _ body: (BatchCommitter) async throws -> Value
    ) async throws -> Value {
        try await withLedgerPool(database, logger: TestLedger.logger) { pool in
            try await body(BatchCommitter(database: database, pool: pool, logger: TestLedger.logger))
        }
    }

    /// Runs `body` with a pool of the role that asks.
    package func withReaderPool<Value: Sendable>(_ body: (PostgresPool) async throws -> Value) async throws -> Value {
        try await withLedgerPool(database(as: reader), logger: TestLedger.logger, body)
    }

    /// Runs `body` with a superuser's connection.
    package nonisolated(nonsending) func withAdministrator<Value>(
        _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await PostgresConnection.withConnection(administrator, logger: TestLedger.logger, body)
    }

    /// The first value that `query` answers a superuser.
    package func value<Value: PostgresDecodable & Sendable>(
        _ query: PostgresQuery, as type: Value.Type = Value.self
    ) async throws -> Value {
        try await withAdministrator { try await $0.query(query)[0].decode(type) }
    }

    /// Asks the server until `condition`, a query of one boolean, holds.
    ///
    /// - Throws: ``ConditionNeverHeld`` after ten seconds, times ``slowness``.
    package func wait(until condition: PostgresQuery) async throws {
        let limit = ContinuousClock.now + .seconds(10) * slowness
        try await withAdministrator { connection in
            while !(try await connection.query(condition)[0].decode(Bool.self)) {
                if ContinuousClock.now > limit { throw ConditionNeverHeld(condition: condition.sql) }
            }
        }
    }

    package static let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
}

/// What a test waited for did not come about.
package struct ConditionNeverHeld: Error {
    package let condition: String
}
