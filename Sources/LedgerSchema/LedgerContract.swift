package import Foundation
package import LibPQ

/// What this build relies on in a ledger's schema.
///
/// A migration that changes it raises `ledger.contract_version` by one, and keeps the previous contract too. So a
/// build works with its own version and the next.
package enum LedgerContract {
    /// The contract that this build was written for.
    package static let version = 1

    /// Makes sure that the schema can be written to and read from, and says which ledger it is.
    ///
    /// - Throws: ``SchemaError`` with ``SchemaError/Code/notMigrated``, ``SchemaError/Code/newerSchema`` or
    ///   ``SchemaError/Code/notPermitted``; otherwise ``PostgresError``.
    @discardableResult
    package static func check(_ connection: PostgresConnection, schema: String) async throws -> UUID {
        let row: PostgresRow?
        do {
            row = try await connection.query(
                "select id, contract_version from \(identifier: schema).ledger").first
        } catch {
            throw Self.explained(error, schema: schema)
        }
        guard let (id, found) = try row?.decode(UUID.self, Int.self), found >= version else {
            throw SchemaError(
                .notMigrated, "The ledger in schema \(schema) is older than this runledger. Run runledger migrate up.")
        }
        guard found <= version + 1 else {
            throw SchemaError(
                .newerSchema,
                """
                The ledger in schema \(schema) has contract \(found), and this runledger knows \(version). \
                Upgrade runledger.
                """)
        }
        return id
    }

    private static func explained(_ error: PostgresError, schema: String) -> any Error {
        if .undefinedTable ~= error || .undefinedColumn ~= error {
            return SchemaError(
                .notMigrated, "There is no ledger in schema \(schema) of this database. Run runledger migrate up.")
        }
        guard .insufficientPrivilege ~= error else { return error }
        return SchemaError(
            .notPermitted,
            """
            This login may not use schema \(schema). Make it a member of the ledger's writer or reader role, \
            usually \(LedgerRoles(schema: schema).writer) or \(LedgerRoles(schema: schema).reader).
            """)
    }
}
