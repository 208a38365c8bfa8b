import LedgerMigrations

/// One migration that was applied or undone, or would be.
package struct MigrationStep: Hashable, Sendable {
    /// Which way.
    package enum Direction: String, Sendable {
        case up, down
    }

    package let version: Int
    package let name: String
    package let direction: Direction
    /// How long it took; nil in a dry run.
    package let duration: Duration?

    init(_ migration: Migration, _ direction: Direction, duration: Duration? = nil) {
        version = migration.version
        name = migration.name
        self.direction = direction
        self.duration = duration
    }
}
