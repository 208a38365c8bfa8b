package import LedgerMigrations
package import LibPQ
package import Logging

/// Brings a ledger's schema to a version, one transaction a migration, one migrator at a time.
package struct Migrator: Sendable {
    /// How to connect, as a login that may create the roles and the schema or is a member of the owner.
    package let configuration: PostgresConfiguration
    package let schema: String
    package let roles: LedgerRoles
    /// How long to wait for another session that migrates the same schema.
    package let patience: Duration
    /// How long a statement may wait for a lock, since everybody else queues up behind it.
    package let lockTimeout: Duration
    let migrations: [Migration]
    let logger: Logger

    /// - Parameters:
    ///   - roles: `<schema>_owner`, `_writer` and `_reader` unless given.
    ///   - patience: 60 s unless given.
    ///   - lockTimeout: 10 s unless given.
    ///   - migrations: those of this build unless given.
    package init(
        _ configuration: PostgresConfiguration, schema: String = "runledger", roles: LedgerRoles? = nil,
        patience: Duration = .seconds(60), lockTimeout: Duration = .seconds(10),
        migrations: [Migration] = Migration.all, logger: Logger
    ) {
        self.configuration = configuration
        self.schema = schema
        self.roles = roles ?? LedgerRoles(schema: schema)
        self.patience = patience
        self.lockTimeout = lockTimeout
        self.migrations = migrations
        self.logger = logger
    }

    /// How each migration stands, in order. Changes nothing.
    package func status() async throws -> [MigrationStatus] {
        try await withSession { session in
            try await status(of: session.applied())
        }
    }

    /// Applies what is pending, up to and with version `target`, everything unless given.
    ///
    /// - Parameter dryRun: says what would be applied, and changes nothing.
    /// - Returns: what has been applied; empty when there was nothing to do.
    /// - Throws: ``SchemaError``, whose `steps` say what was applied before. Running it again is safe.
    package func up(to target: Int? = nil, dryRun: Bool = false) async throws -> [MigrationStep] {
        let target = try known(target ?? migrations.count)
        return try await withLockedSession { session in
            let applied = try await session.applied()
            try refuseSurprises(applied)
            if applied.isEmpty { try await session.refuseForeignObjects() }
            let done = Set(applied.map(\.version))
            let pending = migrations.prefix(target).filter { !done.contains($0.version) }
            return try await run(Array(pending), .up, on: session, dryRun: dryRun)
        }
    }

    /// Undoes every migration above version `target`, the last one first.
    ///
    /// - Parameters:
    ///   - destroyEvents: whether it may while events are stored.
    ///   - ledgerID: which ledger is meant, needed when events are stored.
    ///   - dryRun: says what would be undone, and changes nothing.
    /// - Returns: what has been undone.
    /// - Throws: ``SchemaError``, whose `steps` say what was undone before. Running it again is safe.
    package func down(
        to target: Int, destroyEvents: Bool = false, ledgerID: String? = nil, dryRun: Bool = false
    ) async throws -> [MigrationStep] {
        let target = try known(target)
        return try await withLockedSession { session in
            let applied = try await session.applied()
            try refuseSurprises(applied)
            let versions = Set(applied.map(\.version))
            let undone = migrations.dropFirst(target).filter { versions.contains($0.version) }.reversed()
            if !undone.isEmpty, !dryRun {
                try await session.refuseToDestroyEvents(unless: destroyEvents, of: ledgerID)
            }
            return try await run(Array(undone), .down, on: session, dryRun: dryRun)
        }
    }

    /// What is wrong with the schema, a sentence each: migrations that changed or are missing, missing objects, guards
    /// that are missing or switched off. Empty when all is well. Changes nothing.
    package func verify() async throws -> [String] {
        try await withSession { session in
            let applied = try await session.applied()
            var findings = status(of: applied).compactMap(\.finding)
            // An unfinished schema lacks what its pending migrations would make.
            if applied.count >= migrations.count { findings += try await session.findings() }
            return findings
        }
    }

    // MARK: Steps

    private func run(
        _ migrations: [Migration], _ direction: MigrationStep.Direction, on session: MigrationSession, dryRun: Bool
    ) async throws -> [MigrationStep] {
        guard !dryRun else { return migrations.map { MigrationStep($0, direction) } }
        var steps: [MigrationStep] = []
        for migration in migrations {
            do {
                steps.append(try await session.run(migration, direction))
            } catch let error as SchemaError {
                throw error.after(steps)
            }
        }
        return steps
    }

    private func status(of applied: [AppliedMigration]) -> [MigrationStatus] {
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.version, $0) })
        let done = Set(applied.map(\.version))
        let pending = migrations.filter { !done.contains($0.version) }.map { migration in
            MigrationStatus(
                version: migration.version, name: migration.name, state: .pending, appliedAt: nil, appliedBy: nil,
                duration: nil)
        }
        return (applied.map { $0.status(beside: known[$0.version]) } + pending).sorted { $0.version < $1.version }
    }

    private func refuseSurprises(_ applied: [AppliedMigration]) throws(SchemaError) {
        for status in status(of: applied) {
            switch status.state {
            case .applied, .pending: continue
            case .superseded:
                throw SchemaError(
                    .newerSchema,
                    """
                    Schema \(schema) is at version \(status.version) (\(status.name)), which this runledger does not \
                    know: it ends at \(migrations.count). Upgrade runledger.
                    """)
            case .changed:
                throw SchemaError(
                    .changedMigration,
                    """
                    Migration \(status.version) (\(status.name)) is not the one that was applied to schema \(schema). \
                    Use the runledger that applied it.
                    """)
            }
        }
    }

    private func known(_ version: Int) throws(SchemaError) -> Int {
        guard (0...migrations.count).contains(version) else {
            throw SchemaError(
                .unknownVersion, "There is no migration \(version): choose a version from 0 to \(migrations.count).")
        }
        return version
    }

    // MARK: Sessions

    private func withSession<Value: Sendable>(
        _ body: (MigrationSession) async throws -> Value
    ) async throws -> Value {
        try SchemaRequirements.check(schema: schema, roles: roles)
        return try await PostgresConnection.withConnection(configuration, logger: logger) { connection in
            try await SchemaRequirements.check(connection)
            return try await body(MigrationSession(connection: connection, migrator: self))
        }
    }

    private func withLockedSession<Value: Sendable>(
        _ body: (MigrationSession) async throws -> Value
    ) async throws -> Value {
        try await withSession { session in
            try await MigrationLock(schema: schema).acquire(on: session.connection, patience: patience)
            // The lock ends with the session.
            return try await body(session)
        }
    }
}

extension MigrationStatus {
    fileprivate var finding: String? {
        switch state {
        case .applied: nil
        case .pending: "Migration \(version) (\(name)) has not been applied: run runledger migrate up."
        case .changed: "Migration \(version) (\(name)) is not the one that was applied: its SHA-256 differs."
        case .superseded: "Migration \(version) (\(name)) was applied by a newer runledger: upgrade this one."
        }
    }
}
