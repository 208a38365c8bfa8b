import LibPQ
import Logging

/// Tells readers, by NOTIFY, that batches have committed.
///
/// NOTIFY takes a cluster-wide lock at commit, so it runs outside the data transactions and at most fifty times a
/// second; readers poll behind it, so a lost one costs them a moment, not an event.
final class WakeUpCall: Sendable {
    private let pool: PostgresPool
    private let channel: String
    private let logger: Logger
    private let requests = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private static let interval = Duration.milliseconds(20)

    init(pool: PostgresPool, channel: String, logger: Logger) {
        self.pool = pool
        self.channel = channel
        self.logger = logger
    }

    /// Asks for a wake-up; several requests within the interval are one.
    func request() {
        requests.continuation.yield()
    }

    /// Takes no more requests: ``run()`` sends what is still asked for and returns.
    func finish() {
        requests.continuation.finish()
    }

    /// Sends what is asked for, until finished or cancelled.
    func run() async {
        for await _ in requests.stream {
            do {
                try await pool.withConnection { connection in
                    _ = try await connection.query("select pg_notify(\(channel), '')")
                }
                try await Task.sleep(for: Self.interval)
            } catch {
                logger.debug("no wake-up sent", metadata: ["reason": "\(error)"])
            }
        }
    }
}
