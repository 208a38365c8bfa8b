import LedgerTestSupport
import LibPQ
import Logging

/// Where the tests' connections log to.
let testLogger = Logger(label: "tests")

/// Gives `body` a connection to a database of its own.
nonisolated(nonsending) func withTestConnection<Value>(
    _ body: (PostgresConnection) async throws -> Value
) async throws -> Value {
    try await withTestDatabase { configuration in
        try await PostgresConnection.withConnection(configuration, logger: testLogger, body)
    }
}
