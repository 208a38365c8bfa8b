package import LibPQ

/// The version of the tables and functions that writers and readers of this release rely on.
package enum LedgerContract {
    /// The contract this release was written for.
    package static let version = 1

    /// Throws unless the ledger that `connection` sees keeps this release's contract.
    package static func check(_ connection: PostgresConnection) async throws {
        let rows: PostgresRows
        do {
            rows = try await connection.query("select contract_version from ledger")
        } catch {
            guard error.sqlState == .undefinedTable else { throw error }
            throw WriteError(.schema, "The database has no ledger in this schema; run `runledger migrate up`.")
        }
        guard let found = try rows.first?.decode(Int.self) else {
            throw WriteError(.schema, "The ledger is incomplete; run `runledger migrate verify`.")
        }
        if found > version {
            throw WriteError(
                .schema, "The ledger has contract \(found), this release knows \(version); upgrade runledger.")
        }
        if found < version {
            throw WriteError(
                .schema, "The ledger has contract \(found), this release needs \(version); run `runledger migrate up`.")
        }
    }
}
