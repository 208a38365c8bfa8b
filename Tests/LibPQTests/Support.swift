import LedgerTestSupport
import LibPQ
import Logging
import Testing

/// Where the tests' connections log to.
let testLogger = Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() })

/// Gives `body` a connection to a database of its own.
nonisolated(nonsending) func withTestConnection<Value>(
    _ body: (PostgresConnection) async throws -> Value
) async throws -> Value {
    try await withTestDatabase { configuration in
        try await PostgresConnection.withConnection(configuration, logger: testLogger, body)
    }
}

/// Gives `body` a connection to the server's own database, for tests that make nothing in it.
nonisolated(nonsending) func withServerConnection<Value>(
    _ body: (PostgresConnection) async throws -> Value
) async throws -> Value {
    try await PostgresConnection.withConnection(try TestServer.configuration(), logger: testLogger, body)
}

/// Gives `body` two connections to one database: one to test, and one to watch it from.
nonisolated(nonsending) func withTestConnections<Value>(
    _ body: (PostgresConnection, PostgresConnection) async throws -> Value
) async throws -> Value {
    try await withTestDatabase { configuration in
        try await PostgresConnection.withConnection(configuration, logger: testLogger) { connection in
            try await PostgresConnection.withConnection(configuration, logger: testLogger) { other in
                try await body(connection, other)
            }
        }
    }
}

/// Asks the server again and again until `condition`, one boolean, is true.
func waitUntil(_ condition: PostgresQuery, on connection: PostgresConnection) async throws {
    let limit = ContinuousClock.now + .seconds(60) * slowness
    while true {
        // In a transaction, activity would else stay what it was at the first look.
        let results = try await connection.pipeline(["select pg_stat_clear_snapshot()", condition])
        if try results[1].first?.decode(Bool.self) == true { return }
        try #require(.now < limit, "the server did not get there: \(condition.sql)")
        try await connection.execute("select pg_sleep(0.005)")
    }
}

/// Waits until the connection's server process waits in the middle of a statement.
func waitUntilActive(_ connection: PostgresConnection, seenFrom other: PostgresConnection) async throws {
    try await waitUntil(
        """
        select exists (select from pg_stat_activity
                       where pid = \(connection.backendPID) and state = 'active'
                         and (wait_event_type = 'Lock' or wait_event = 'PgSleep'))
        """, on: other)
}

/// The error that `body` throws.
nonisolated(nonsending) func postgresError<Value>(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async throws -> PostgresError {
    do {
        _ = try await body()
    } catch let error as PostgresError {
        return error
    }
    throw MissingError(location: sourceLocation)
}

struct MissingError: Error {
    let location: SourceLocation
}

extension PostgresConnection {
    /// The first value of a query's first row.
    func value<Value: PostgresDecodable & Sendable>(
        _ query: PostgresQuery, as type: Value.Type = Value.self
    ) async throws -> Value {
        let row = try #require(try await self.query(query).first)
        return try row.decode(Value.self)
    }
}
