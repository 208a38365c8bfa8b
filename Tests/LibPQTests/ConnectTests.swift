import Foundation
import LedgerTestSupport
import Testing

@testable import LibPQ

@Suite("Connecting") struct ConnectTests {
    @Test("A database that is not there is named, with the server's SQLSTATE")
    func missingDatabase() async throws {
        let server = try TestServer.configuration()
        let configuration = TestServer.configuration(server, database: "no_such_database")
        let error = try await postgresError { try await PostgresConnection.connect(configuration, logger: testLogger) }
        #expect(error.code == .connectionFailed)
        #expect(error.sqlState == .invalidCatalogName)
        #expect(!error.isRetryable)
        #expect(error.message.contains("no_such_database"))
        #expect(!error.message.contains("LOCATION") && !error.message.contains("3D000"))
    }

    @Test(
        "A connection string that cannot be parsed is not quoted back",
        arguments: [
            "postgresql://user:sec%ret@host/db", "host=h password=sec ret", "postgresql://host/db?sec=ret",
        ])
    func malformed(connectionString: String) async throws {
        let configuration = PostgresConfiguration(connectionString: connectionString)
        let error = try await postgresError { try await PostgresConnection.connect(configuration, logger: testLogger) }
        #expect(error.code == .usage)
        #expect(!error.isRetryable)
        #expect(!"\(error)".contains("sec") && !"\(error)".contains("ret"))
    }

    @Test("A server that accepts and says nothing is given up on in time")
    func silentServer() async throws {
        let server = try SilentServer()
        var configuration = PostgresConfiguration(connectionString: server.connectionString)
        configuration.connectTimeout = .milliseconds(50)
        let error = try await postgresError { try await PostgresConnection.connect(configuration, logger: testLogger) }
        #expect(error.code == .connectionFailed)
        #expect(error.isRetryable)
    }

    @Test("A connect can be cancelled")
    func cancelled() async throws {
        let server = try SilentServer()
        var configuration = PostgresConfiguration(connectionString: server.connectionString)
        configuration.connectTimeout = .seconds(600)
        let task = Task { [configuration] in try await PostgresConnection.connect(configuration, logger: testLogger) }
        task.cancel()
        let error = try await postgresError { try await task.value }
        #expect(error.code == .cancelled)
    }

    @Test("A released connection ends its session and its thread")
    func release() async throws {
        let configuration = try TestServer.configuration()
        try await withServerConnection { other in
            weak var connection: PostgresConnection?
            let pid = try await {
                let strong = try await PostgresConnection.connect(configuration, logger: testLogger)
                connection = strong
                try await strong.execute("select 1")
                return strong.backendPID
            }()
            #expect(connection == nil)
            try await waitUntil("select not exists (select from pg_stat_activity where pid = \(pid))", on: other)
        }
    }

    @Test("A finished thread runs what it was given, then goes")
    func threadEnds() async throws {
        weak var released: ConnectionThread?
        await withCheckedContinuation { continuation in
            let thread = ConnectionThread(name: "test")
            released = thread
            thread.finish { continuation.resume() }
        }
        let limit = ContinuousClock.now + .seconds(60)
        while released != nil {
            try #require(.now < limit, "the thread still holds its executor")
            await Task.yield()
        }
    }
}
