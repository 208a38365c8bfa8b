package import LibPQ

/// How one migration stands in a database.
package struct MigrationStatus: Hashable, Sendable {
    package enum State: String, Sendable {
        /// It has been applied, as this build has it.
        case applied
        /// It has not been applied.
        case pending
        /// It has been applied, but with another content than this build has.
        case changed
        /// It has been applied by a newer runledger; this build does not know it.
        case superseded
    }

    package let version: Int
    package let name: String
    package let state: State
    /// When and by which login it was applied; nil while it is pending.
    package let appliedAt: PostgresTimestamp?
    package let appliedBy: String?
    /// How long it took; nil while it is pending.
    package let duration: Duration?
}
