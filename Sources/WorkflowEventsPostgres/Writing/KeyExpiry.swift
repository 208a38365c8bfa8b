package import LibPQ
package import Logging

/// Forgets idempotency keys that are older than the ledger keeps them: at once and every hour.
///
/// Any number of processes may do so; what one has forgotten costs the others nothing.
package struct KeyExpiry: Sendable {
    private let pool: PostgresPool
    private let logger: Logger

    private static let interval = Duration.seconds(3600)

    /// The keys of the ledger that connections of `pool` see, as its writer.
    package init(pool: PostgresPool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    /// Forgets them until cancelled. A failure is logged; the next hour is soon enough.
    package func run() async {
        while !Task.isCancelled {
            do {
                let count = try await expire()
                if count > 0 { logger.info("forgot idempotency keys", metadata: ["keys": "\(count)"]) }
            } catch {
                if Task.isCancelled { return }
                logger.warning("cannot forget idempotency keys", metadata: ["reason": "\(error)"])
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Forgets those that are too old now and says how many they were.
    package func expire() async throws -> Int {
        try await pool.withConnection { connection in
            Int(try await connection.query("select expire_ingest_keys()")[0].decode(Int64.self))
        }
    }
}
