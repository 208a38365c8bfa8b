/// One SQL file of a migration, and what its comments ask of the runner.
package struct MigrationFile: Hashable, Sendable {
    /// The file's name, without a directory.
    package let name: String
    /// The whole text.
    package let sql: String

    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }

    /// Whether it runs in a transaction: unless a line says `-- runledger: no-transaction`. A file that does not must
    /// be one statement that may run again.
    package var isTransactional: Bool { !hasDirective("no-transaction") }

    /// Whether it runs as the login that migrates and not as the owner: where a line says `-- runledger: as-login`.
    package var runsAsLogin: Bool { hasDirective("as-login") }

    private func hasDirective(_ word: String) -> Bool {
        sql.split(separator: "\n").contains("-- runledger: \(word)")
    }
}
