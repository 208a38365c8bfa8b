import LedgerMigrations
import LibPQ
import Logging

/// A connection at work on one schema.
struct MigrationSession {
    let connection: PostgresConnection
    let migrator: Migrator

    /// What has been applied, in order; empty without a schema.
    func applied() async throws -> [AppliedMigration] {
        do {
            return try await records()
        } catch let error as PostgresError {
            guard error.sqlState == .insufficientPrivilege else { throw error }
            throw SchemaError(
                .notPermitted,
                "This login may not read schema \(migrator.schema): use a member of role \(migrator.roles.owner).")
        }
    }

    private func records() async throws -> [AppliedMigration] {
        let table = PostgresQuery.quote(identifier: migrator.schema) + ".schema_migrations"
        let found = try await connection.query(
            """
            select to_regclass(\(table)) is not null, exists (
                select from pg_attribute where attrelid = to_regclass(\(table)) and attname = 'sha256')
            """)
        let (exists, isOurs) = try found[0].decode(Bool.self, Bool.self)
        if !exists { return [] }
        guard isOurs else { throw foreign("schema_migrations") }
        let rows = try await connection.query(
            """
            select version, name, sha256, applied_at, duration_ms, applied_by
            from \(unsafeSQL: table) order by version
            """)
        return try rows.map { try AppliedMigration($0) }
    }

    /// Refuses a schema that holds a relation of ours which no migration made.
    func refuseForeignObjects() async throws {
        let rows = try await connection.query(
            """
            select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = \(migrator.schema) and c.relname::text = any (\(SchemaObjects.relations))
            order by array_position(\(SchemaObjects.relations), c.relname::text)
            """)
        if let row = rows.first { throw foreign(try row.decode(String.self)) }
    }

    private func foreign(_ relation: String) -> SchemaError {
        SchemaError(
            .foreignObject,
            """
            Schema \(migrator.schema) already holds a \(relation) that runledger did not make. Choose another schema \
            with --schema.
            """)
    }

    /// Applies or undoes one migration, and keeps the record of it.
    func run(_ migration: Migration, _ direction: MigrationStep.Direction) async throws -> MigrationStep {
        let file = direction == .up ? migration.up : migration.down
        let clock = ContinuousClock()
        let start = clock.now
        do {
            if file.isTransactional {
                try await connection.transaction { _ in
                    try await perform(migration, file, direction, since: start, settingsAreLocal: true)
                }
            } else {
                try await perform(migration, file, direction, since: start, settingsAreLocal: false)
                try await connection.execute(script: "reset role; reset search_path; reset lock_timeout")
            }
        } catch let error as PostgresError {
            throw failure(of: file, error)
        }
        let step = MigrationStep(migration, direction, duration: clock.now - start)
        migrator.logger.info(
            "migration",
            metadata: [
                "file": "\(file.name)", "schema": "\(migrator.schema)",
                "duration_ms": "\(step.duration?.milliseconds ?? 0)",
            ])
        return step
    }

    private func perform(
        _ migration: Migration, _ file: MigrationFile, _ direction: MigrationStep.Direction,
        since start: ContinuousClock.Instant, settingsAreLocal: Bool
    ) async throws {
        try await configure(isLocal: settingsAreLocal)
        if direction == .down {
            // Before the file, which may drop the record itself.
            try await assumeOwner(isLocal: settingsAreLocal)
            try await connection.execute("delete from schema_migrations where version = \(Int32(migration.version))")
        }
        if file.runsAsLogin {
            try await connection.execute(script: "reset role")
        } else {
            try await assumeOwner(isLocal: settingsAreLocal)
        }
        try await connection.execute(script: file.sql)
        if direction == .up {
            try await assumeOwner(isLocal: settingsAreLocal)
            try await connection.execute(
                """
                insert into schema_migrations (version, name, sha256, duration_ms) values
                    (\(Int32(migration.version)), \(migration.name), \(file.sha256),
                    \((ContinuousClock.now - start).milliseconds))
                """)
        }
    }

    /// What the files expect. The catalog comes before the schema, and temporary objects of the caller come last.
    func configure(isLocal: Bool) async throws {
        let roles = migrator.roles
        let path = PostgresQuery.quote(identifier: migrator.schema) + ", pg_temp"
        let settings = [
            ("runledger.schema", migrator.schema), ("runledger.owner_role", roles.owner),
            ("runledger.writer_role", roles.writer), ("runledger.reader_role", roles.reader),
            ("search_path", path), ("lock_timeout", "\(migrator.lockTimeout.milliseconds)ms"),
            // A limit of the login's is not meant for a migration.
            ("statement_timeout", "0"),
        ]
        for (name, value) in settings {
            try await connection.execute("select set_config(\(name), \(value), \(isLocal))")
        }
    }

    func assumeOwner(isLocal: Bool) async throws {
        let owner = migrator.roles.owner
        do {
            try await connection.execute("select set_config('role', \(owner), \(isLocal))")
        } catch {
            guard error.sqlState == .insufficientPrivilege else { throw error }
            throw SchemaError(
                .notPermitted, "This login is not a member of role \(owner): grant it, or use a login that is.")
        }
    }

    private func failure(of file: MigrationFile, _ error: PostgresError) -> SchemaError {
        let line = error.position.map(file.line(at:))
        let place = line.map { "\(file.name), line \($0)" } ?? file.name
        var failure = SchemaError(.migrationFailed, "\(place): \(error) \(consequence(of: error, in: file))")
        failure.fileName = file.name
        failure.line = line
        failure.underlying = error
        return failure
    }

    private func consequence(of error: PostgresError, in file: MigrationFile) -> String {
        if error.code == .unknownOutcome { return "Run this again to find out, which is safe." }
        guard file.isTransactional else {
            return "It has no transaction: check what it left before running this again."
        }
        guard error.sqlState == .lockNotAvailable else { return "It was rolled back." }
        return "Another session holds a lock that it needs: run this again when that has ended."
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
