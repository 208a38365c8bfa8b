package import LibPQ
package import Logging
import ServiceLifecycle
package import WorkflowEventsPostgres

/// Feeds every subscriber of this process from one tail of the ledger.
package final class StreamHub: Service {
    private let database: LedgerDatabase
    private let pool: PostgresPool
    private let logger: Logger

    /// A hub on the ledger in `database`, read over connections of `pool`.
    package init(database: LedgerDatabase, pool: PostgresPool, settings: ServiceSettings, logger: Logger) {
        self.database = database
        self.pool = pool
        self.logger = logger
    }

    /// Says that a batch has been committed by this process.
    package func wake() {}

    /// Tells every subscriber that the service closes, and ends its stream.
    package func beginShutdown() {}

    /// How many streams are open.
    package var subscriberCount: Int { 0 }

    package func run() async throws {
        try? await gracefulShutdown()
    }
}
