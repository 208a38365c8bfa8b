import Foundation
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Cancellation") struct CancellationTests {
    @Test("Cancelling the task ends the statement on the server, and the connection goes on")
    func runningStatement() async throws {
        try await withTestConnections { connection, other in
            let task = Task { try await connection.query("select pg_sleep(60)") }
            try await waitUntilActive(connection, seenFrom: other)
            task.cancel()
            let error = try await postgresError { try await task.value }
            #expect(error.code == .cancelled)
            #expect(error.sqlState == .queryCanceled)
            let one: Int = try await connection.value("select 1::int8")
            #expect(one == 1)
        }
    }

    @Test("cancel() ends the statement that runs, whoever sent it")
    func explicit() async throws {
        try await withTestConnections { connection, other in
            connection.cancel()
            let task = Task { try await connection.query("select pg_sleep(60)") }
            try await waitUntilActive(connection, seenFrom: other)
            connection.cancel()
            connection.cancel()
            let error = try await postgresError { try await task.value }
            #expect(error.code == .cancelled)
        }
    }

    @Test("A statement that somebody else cancels is the server's error, not a cancellation of ours")
    func foreign() async throws {
        try await withTestConnections { connection, other in
            let task = Task { try await connection.query("select pg_sleep(60)") }
            try await waitUntilActive(connection, seenFrom: other)
            try await other.execute("select pg_cancel_backend(\(connection.backendPID))")
            let error = try await postgresError { try await task.value }
            #expect(error.code == .server)
            #expect(error.sqlState == .queryCanceled)
        }
    }

    @Test("A task that is cancelled before its turn sends nothing")
    func beforeStart() async throws {
        try await withTestConnections { connection, other in
            try await connection.execute(script: "create table t (n int8)")
            let first = Task { try await connection.query("select pg_sleep(60)") }
            try await waitUntilActive(connection, seenFrom: other)
            let second = Task { try await connection.execute("insert into t values (1)") }
            second.cancel()
            first.cancel()
            let error = try await postgresError { try await second.value }
            #expect(error.code == .cancelled)
            _ = await first.result
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 0)
        }
    }

    @Test("A late cancel never hits the next statement")
    func lateCancel() async throws {
        try await withServerConnection { connection in
            for round in 0..<200 {
                let task = Task { try await connection.query("select pg_sleep(\(Double(round % 4) / 5000))") }
                for _ in 0..<(round % 7) * 20 { await Task.yield() }
                task.cancel()
                do {
                    _ = try await task.value
                } catch let error as PostgresError {
                    #expect(error.code == .cancelled)
                }
                let value: Int = try await connection.value("select \(round)")
                #expect(value == round)
            }
        }
    }

    @Test("A frozen server process holds nobody: the connection is given up")
    func frozenServer() async throws {
        var configuration = try TestServer.configuration()
        configuration.cancelTimeout = .milliseconds(100)
        try await PostgresConnection.withConnection(configuration, logger: testLogger) { connection in
            try await withServerConnection { other in
                let task = Task { try await connection.query("select pg_sleep(60)") }
                try await waitUntilActive(connection, seenFrom: other)
                try #require(kill(connection.backendPID, SIGSTOP) == 0)
                defer { kill(connection.backendPID, SIGCONT) }
                task.cancel()
                let error = try await postgresError { try await task.value }
                #expect(error.code == .connectionLost)
                #expect(!connection.isUsable)
            }
        }
    }

    @Test("A frozen server process does not hold a rollback either")
    func frozenRollback() async throws {
        struct Stop: Error {}
        var configuration = try TestServer.configuration()
        configuration.cancelTimeout = .milliseconds(100)
        try await PostgresConnection.withConnection(configuration, logger: testLogger) { connection in
            await #expect(throws: Stop.self) {
                try await connection.transaction { connection in
                    try #require(kill(connection.backendPID, SIGSTOP) == 0)
                    throw Stop()
                }
            }
            kill(connection.backendPID, SIGCONT)
            #expect(!connection.isUsable)
        }
    }

    @Test("abort() ends a blocked call at once, from any thread")
    func abort() async throws {
        try await withTestConnections { connection, other in
            let task = Task { try await connection.query("select pg_sleep(60)") }
            try await waitUntilActive(connection, seenFrom: other)
            connection.abort()
            let error = try await postgresError { try await task.value }
            #expect(error.code == .connectionLost)
            #expect(!connection.isUsable)
            let later = try await postgresError { try await connection.query("select 1") }
            #expect(later.code == .connectionLost)
        }
    }

    @Test("abort() after libpq has let its socket go leaves a file of the same number alone")
    func abortAfterLoss() async throws {
        try await withTestConnections { connection, other in
            try await other.execute("select pg_terminate_backend(\(connection.backendPID))")
            _ = try await postgresError { try await connection.query("select 1") }
            let pairs = try (0..<16).map { _ in try SocketPair() }
            connection.abort()
            #expect(pairs.allSatisfy { $0.isConnected })
            await connection.close()
            let morePairs = try (0..<16).map { _ in try SocketPair() }
            connection.abort()
            connection.cancel()
            #expect((pairs + morePairs).allSatisfy { $0.isConnected })
        }
    }

    @Test("abort(), cancel() and close() may race")
    func race() async throws {
        let configuration = try TestServer.configuration()
        for _ in 0..<50 {
            let connection = try await PostgresConnection.connect(configuration, logger: testLogger)
            await withTaskGroup { group in
                group.addTask { _ = try? await connection.query("select pg_sleep(60)") }
                group.addTask { connection.cancel() }
                group.addTask { connection.abort() }
                group.addTask { await connection.close() }
                group.addTask { connection.abort() }
            }
            #expect(!connection.isUsable)
        }
    }
}

/// Two sockets that are connected to each other.
private final class SocketPair {
    private var ends: [Int32] = [-1, -1]

    init() throws {
        #if canImport(Glibc)
            let type = Int32(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
    }

    deinit {
        for end in ends { close(end) }
    }

    var isConnected: Bool {
        var byte: UInt8 = 7
        return write(ends[0], &byte, 1) == 1 && read(ends[1], &byte, 1) == 1
    }
}
