package import LibPQ
package import Logging
public import WorkflowEvents

/// Reads and writes the events of a ledger.
///
/// ```swift
/// try await EventRepository.withRepository(LedgerDatabase(url: url)) { repository in
///     try await repository.create(WorkflowEvent(runID: "r1", node: .lyrics, phase: .end, durationMS: 1234))
///     let page = try await repository.events(EventFilter(nodes: [.lyrics], phases: [.fail]), limit: 20)
/// }
/// ```
public struct EventRepository: Sendable {
    package let pool: PostgresPool
    package let writer: BatchWriter

    /// A repository that reads over connections of `pool` and writes with `writer`.
    package init(pool: PostgresPool, writer: BatchWriter) {
        self.pool = pool
        self.writer = writer
    }

    /// Runs `body` with a repository on `database`; its connections are closed and its writes done when this returns.
    ///
    /// - Throws: what `body` throws.
    public static func withRepository<R: Sendable>(
        _ database: LedgerDatabase, _ body: (EventRepository) async throws -> R
    ) async throws -> R {
        try await withRepository(database, logger: Logger(label: "runledger.repository"), body)
    }

    /// As the public one, with `logger` hearing of retries and lost connections.
    package static func withRepository<R: Sendable>(
        _ database: LedgerDatabase, logger: Logger, _ body: (EventRepository) async throws -> R
    ) async throws -> R {
        try await withLedgerPool(database, logger: logger) { pool in
            try await withBatchWriter(database, pool: pool, logger: logger) { writer in
                try await body(EventRepository(pool: pool, writer: writer))
            }
        }
    }

    /// Stores `event` and returns after its transaction has committed.
    ///
    /// Storing an event again, with the same identity and content, changes nothing and succeeds.
    ///
    /// - Throws: ``WriteError``; `refused` if the event is wrong, `conflict` if its identity is stored with other content.
    public func create(_ event: WorkflowEvent) async throws {
        _ = try await writer.append([event], policy: .whole)
    }

    /// Stores the good ones of `events`, in order, and names the bad ones.
    ///
    /// - Throws: ``WriteError``; sending the same events again is always safe.
    public func append(_ events: [WorkflowEvent]) async throws -> AppendResult {
        try await writer.append(events, policy: .partial)
    }
}

/// Runs `body` with a pool of connections to `database` that is closed when this returns.
package func withLedgerPool<R: Sendable>(
    _ database: LedgerDatabase, maximumConnections: Int = 8, logger: Logger,
    _ body: (PostgresPool) async throws -> R
) async throws -> R {
    let pool = PostgresPool(
        configuration: database.configuration, maximumConnections: maximumConnections, logger: logger)
    let upkeep = Task { try await pool.run() }
    do {
        let result = try await body(pool)
        await pool.close()
        upkeep.cancel()
        return result
    } catch {
        await pool.close()
        upkeep.cancel()
        throw error
    }
}
