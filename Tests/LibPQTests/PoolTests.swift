import LedgerTestSupport
import LibPQ
import Synchronization
import Testing

@Suite("Pool") struct PoolTests {
    private func withPool(
        _ change: (inout PostgresPool.Limits) -> Void = { _ in }, _ body: (PostgresPool) async throws -> Void
    ) async throws {
        var limits = PostgresPool.Limits()
        limits.acquireTimeout = .seconds(60)
        change(&limits)
        let pool = PostgresPool(configuration: try TestServer.configuration(), limits: limits, logger: testLogger)
        do {
            try await body(pool)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    /// Waits until so many callers wait.
    private func waitUntil(_ pool: PostgresPool, _ condition: (PostgresPoolStatistics) -> Bool) async throws {
        let limit = ContinuousClock.now + .seconds(60)
        while !condition(pool.statistics) {
            try #require(.now < limit, "the pool did not get there: \(pool.statistics)")
            await Task.yield()
        }
    }

    @Test("Many callers share few connections, each alone on its own")
    func sharing() async throws {
        try await withPool {
            $0.maximumConnections = 3
        } _: { pool in
            let users = Users()
            try await withThrowingTaskGroup { group in
                for number in 0..<60 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            #expect(users.enter(connection.backendPID) == 1)
                            let back: Int = try await connection.value("select \(number)")
                            #expect(back == number)
                            users.leave(connection.backendPID)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(users.seen <= 3)
            let statistics = pool.statistics
            #expect(statistics.leasedCount == 0 && statistics.idleCount <= 3 && statistics.waitingCount == 0)
            #expect(statistics.connectCount <= 3 && statistics.discardCount == 0)
        }
    }

    @Test("A caller waits no longer than it may, and one too many is refused at once")
    func waitingLimits() async throws {
        try await withPool {
            $0.maximumConnections = 1
            $0.maximumWaiting = 1
            $0.acquireTimeout = .milliseconds(100)
        } _: { pool in
            try await pool.withConnection { _ in
                let waiter = Task { try await pool.withConnection { _ in } }
                try await waitUntil(pool) { $0.waitingCount == 1 }
                let refused = try await postgresError { try await pool.withConnection { _ in } }
                #expect(refused.code == .poolExhausted)
                let late = try await postgresError { try await waiter.value }
                #expect(late.code == .timeout)
            }
            #expect(pool.statistics.timeoutCount == 1 && pool.statistics.refusedCount == 1)
            try await pool.withConnection { _ = try await $0.query("select 1") }
        }
    }

    @Test("A cancelled caller leaves the queue, and the next is served")
    func cancelledWaiter() async throws {
        try await withPool {
            $0.maximumConnections = 1
        } _: { pool in
            let second = try await pool.withConnection { _ in
                let first = Task { try await pool.withConnection { _ in } }
                try await waitUntil(pool) { $0.waitingCount == 1 }
                let second = Task {
                    try await pool.withConnection { try await $0.value("select 1::int8", as: Int.self) }
                }
                try await waitUntil(pool) { $0.waitingCount == 2 }
                first.cancel()
                let error = try await postgresError { try await first.value }
                #expect(error.code == .cancelled)
                return second
            }
            let one = try await second.value
            #expect(one == 1)
        }
    }

    @Test("A connection whose server process has gone is replaced before it is lent")
    func deadIdleConnection() async throws {
        try await withPool { pool in
            let pid = try await pool.withConnection { $0.backendPID }
            try await TestServer.run("select pg_terminate_backend(\(pid), 10000)", on: TestServer.configuration())
            let other = try await pool.withConnection { connection in
                try await connection.execute("select 1")
                return connection.backendPID
            }
            #expect(other != pid)
            #expect(pool.statistics.discardCount == 1)
        }
    }

    @Test("A connection that breaks while lent is thrown away, and its peers are checked")
    func brokenConnection() async throws {
        try await withPool { pool in
            let error = try await postgresError {
                try await pool.withConnection { connection in
                    try await pool.withConnection { _ in }
                    connection.abort()
                    try await connection.execute("select 1")
                }
            }
            #expect(error.code == .connectionLost)
            #expect(pool.statistics.discardCount == 1 && pool.statistics.idleCount == 1)
            try await pool.withConnection { _ = try await $0.query("select 1") }
        }
    }

    @Test("A connection left in a transaction is not lent again")
    func openTransaction() async throws {
        try await withPool { pool in
            let pid = try await pool.withConnection { connection in
                try await connection.execute(script: "begin")
                return connection.backendPID
            }
            let next = try await pool.withConnection { $0.backendPID }
            #expect(next != pid)
        }
    }

    @Test("A long idle connection proves itself with a round trip")
    func healthCheck() async throws {
        try await withPool {
            $0.healthCheckAfter = .zero
        } _: { pool in
            let first = try await pool.withConnection { $0.backendPID }
            let second = try await pool.withConnection { $0.backendPID }
            #expect(first == second)
        }
    }

    @Test("A wrong address fails at once, with the server's name and no wait")
    func unreachable() async throws {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(connectionString: "host=/nonexistent user=nobody"),
            acquireTimeout: .seconds(600), logger: testLogger)
        let start = ContinuousClock.now
        let error = try await postgresError { try await pool.withConnection { _ in } }
        #expect(error.code == .connectionFailed)
        #expect(error.message.contains("/nonexistent"))
        #expect(.now - start < .seconds(60))
        #expect(pool.statistics.leasedCount == 0)
    }

    @Test("A closed pool refuses those who wait and those who come")
    func close() async throws {
        try await withPool {
            $0.maximumConnections = 1
        } _: { pool in
            try await pool.withConnection { connection in
                let waiter = Task { try await pool.withConnection { _ in } }
                try await waitUntil(pool) { $0.waitingCount == 1 }
                await pool.close()
                let refused = try await postgresError { try await waiter.value }
                #expect(refused.code == .poolClosed)
                let late = try await postgresError { try await pool.withConnection { _ in } }
                #expect(late.code == .poolClosed)
                try await connection.execute("select 1")
            }
            #expect(pool.statistics.leasedCount == 0 && pool.statistics.idleCount == 0)
        }
    }

    @Test("run() closes what nobody uses, and the pool when its task is cancelled")
    func upkeep() async throws {
        try await withPool {
            $0.maximumIdleTime = .milliseconds(20)
        } _: { pool in
            let upkeep = Task { try await pool.run() }
            try await pool.withConnection { _ in }
            try await waitUntil(pool) { $0.idleCount == 0 }
            upkeep.cancel()
            try await upkeep.value
            let error = try await postgresError { try await pool.withConnection { _ in } }
            #expect(error.code == .poolClosed)
        }
    }
}

/// Counts who uses which connection.
private final class Users: Sendable {
    private let counts = Mutex<[Int32: Int]>([:])

    func enter(_ backend: Int32) -> Int {
        counts.withLock { counts in
            counts[backend, default: 0] += 1
            return counts[backend, default: 0]
        }
    }

    func leave(_ backend: Int32) {
        counts.withLock { $0[backend, default: 0] -= 1 }
    }

    var seen: Int { counts.withLock { $0.count } }
}
