package import LibPQ

/// Why a schema could not be migrated or used. The message says what to do.
package struct SchemaError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, for callers to match.
    package enum Code: String, Sendable {
        /// The schema or a role cannot have that name.
        case invalidName
        /// The server is older than PostgreSQL 15, or the database is not in UTF-8.
        case unsupportedServer
        /// The schema holds something that runledger did not make, under a name that it needs.
        case foreignObject
        /// Another session migrates this schema, and took longer than was waited for.
        case locked
        /// A file that was applied has another content now.
        case changedMigration
        /// A newer runledger migrated the schema.
        case newerSchema
        /// There is no migration of the version asked for.
        case unknownVersion
        /// Going down would destroy events, and that was not asked for, or for another ledger.
        case eventsExist
        /// A migration failed; `underlying` says why. It was rolled back, unless it was one without a transaction.
        case migrationFailed
        /// There is no ledger, or an unfinished one: it needs `runledger migrate up`.
        case notMigrated
        /// The login may not use the ledger.
        case notPermitted
    }

    package var code: Code
    /// What went wrong and what to do, in sentences.
    package var message: String
    /// What had been applied by this call before it failed, and stays so.
    package var steps: [MigrationStep] = []
    /// The file that failed.
    package var fileName: String?
    /// The line of the file, from 1, where the server names a place.
    package var line: Int?
    /// What the server said.
    package var underlying: PostgresError?

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// Whether the same call may succeed later without anybody changing anything.
    package var isRetryable: Bool { code == .locked || underlying?.isRetryable == true }

    /// The same failure, after these steps had been done.
    func after(_ steps: [MigrationStep]) -> SchemaError {
        var error = self
        error.steps = steps
        return error
    }
}
