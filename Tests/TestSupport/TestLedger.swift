import LedgerSchema
package import LibPQ
import Logging

/// A migrated ledger in a database of its own. Its roles are those of every other test's.
package struct TestLedger: Sendable {
    package let schema = "runledger"
    /// Connects as a superuser.
    package let administrator: PostgresConfiguration
    /// Connects as the role that stores events.
    package let writer: PostgresConfiguration
    /// Connects as the role that asks.
    package let reader: PostgresConfiguration
}

/// Gives `body` an empty ledger of its own, and drops it afterwards.
package nonisolated(nonsending) func withTestLedger<Value>(
    _ body: (TestLedger) async throws -> Value
) async throws -> Value {
    try await withTestDatabase { database in
        var administrator = database
        administrator.searchPath = ["runledger"]
        let ledger = TestLedger(
            administrator: administrator,
            writer: TestServer.adding("user", "runledger_writer", to: administrator),
            reader: TestServer.adding("user", "runledger_reader", to: administrator))
        _ = try await Migrator(database, schema: ledger.schema, logger: Logger(label: "tests")).up()
        return try await body(ledger)
    }
}
