package import Foundation
package import LibPQ

/// What this build relies on in a ledger's schema.
///
/// A migration that changes it raises `ledger.contract_version` by one, and keeps the previous contract too. So a
/// build works with its own version and the next.
package enum LedgerContract {
    /// The contract that this build was written for.
    package static let version = 4

    /// Makes sure that the schema can be written to and read from, and says which ledger it is.
    ///
    /// - Throws: ``SchemaError`` with ``SchemaError/Code/notMigrated``, ``SchemaError/Code/newerSchema`` or
    ///   ``SchemaError/Code/notPermitted``; otherwise ``PostgresError``.
    @discardableResult
    package static func check(_ connection: PostgresConnection, schema: String) async throws -> UUID {
        let ledger: (id: UUID, contract: Int)
        do {
            // One row, which the database keeps from being deleted.
            let rows = try await connection.query("select id, contract_version from \(identifier: schema).ledger")
            ledger = try rows[0].decode(UUID.self, Int.self)
        } catch {
            throw Self.explanation(of: error, schema: schema) ?? error
        }
        guard ledger.contract >= version else {
            throw SchemaError(
                .notMigrated, "The ledger in schema \(schema) is older than this runledger. Run runledger migrate up.")
        }
        guard ledger.contract <= version + 1 else {
            throw SchemaError(
                .newerSchema,
                """
                The ledger in schema \(schema) has contract \(ledger.contract), and this runledger knows \(version). \
                Upgrade runledger.
                """)
        }
        return ledger.id
    }

    private static func explanation(of error: PostgresError, schema: String) -> (any Error)? {
        switch error.sqlState {
        case .undefinedTable, .undefinedColumn, .invalidSchemaName:
            return SchemaError(
                .notMigrated, "There is no ledger in schema \(schema) of this database. Run runledger migrate up.")
        case .insufficientPrivilege:
            let roles = LedgerRoles(schema: schema)
            return SchemaError(
                .notPermitted,
                """
                This login may not use schema \(schema). Make it a member of the ledger's writer or reader role, \
                usually \(roles.writer) or \(roles.reader).
                """)
        default: return nil
        }
    }
}
