import Crypto
import LedgerMigrations
import LibPQ

/// A row of `schema_migrations`.
struct AppliedMigration: Sendable {
    let version: Int
    let name: String
    let sha256: [UInt8]
    let appliedAt: PostgresTimestamp
    let duration: Duration
    let appliedBy: String

    init(_ row: PostgresRow) throws(PostgresError) {
        let (version, name, sha256, appliedAt, milliseconds, appliedBy) = try row.decode(
            Int.self, String.self, [UInt8].self, PostgresTimestamp.self, Int64.self, String.self)
        self.version = version
        self.name = name
        self.sha256 = sha256
        self.appliedAt = appliedAt
        self.duration = .milliseconds(milliseconds)
        self.appliedBy = appliedBy
    }

    /// How it stands beside `migration`, this build's one of the same version.
    func status(beside migration: Migration?) -> MigrationStatus {
        let state: MigrationStatus.State =
            switch migration {
            case nil: .superseded
            case let migration? where migration.up.sha256 == sha256: .applied
            case _?: .changed
            }
        return MigrationStatus(
            version: version, name: name, state: state, appliedAt: appliedAt, appliedBy: appliedBy, duration: duration)
    }
}

extension MigrationFile {
    /// By which it is recognised later on.
    var sha256: [UInt8] { Array(SHA256.hash(data: Array(sql.utf8))) }

    /// The line of the character at `position`, both from 1.
    func line(at position: Int) -> Int {
        1 + sql.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
    }
}
