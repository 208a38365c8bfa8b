import ArgumentParser
import EmbeddedPostgres
import LedgerSchema
import LibPQ
import Logging
import WorkflowEventsPostgres

/// Which ledger a command works on.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where PostgreSQL is: a URI or keyword=value string, as libpq takes it. (RUNLEDGER_DATABASE_URL)",
            valueName: "url"))
    var databaseURL: String?

    @Option(
        help: ArgumentHelp(
            "The schema that holds the ledger. (RUNLEDGER_SCHEMA; default: runledger)", valueName: "name"))
    var schema: String?

    @Option(
        help: ArgumentHelp(
            "Where the private PostgreSQL keeps its data. (RUNLEDGER_DATA_DIR)", valueName: "directory"),
        completion: .directory)
    var dataDir: String?

    @OptionGroup var settingsFile: ConfigOption

    func validate() throws {
        if databaseURL != nil, dataDir != nil {
            throw ValidationError("--database-url names a server and --data-dir a private one; leave one of them out.")
        }
    }

    /// What the flags say, and where they say nothing, the environment and the file of settings.
    func settings() async throws -> Settings {
        var settings = try await Settings(file: settingsFile.config)
        if let databaseURL { settings.databaseURL = databaseURL }
        if let schema { settings.schema = schema }
        if let dataDir {
            settings.dataDirectory = dataDir
            settings.databaseURL = nil
        }
        return settings
    }

    /// Runs `body` with the ledger's database, which for a private one is started, migrated and stopped again.
    ///
    /// - Parameters:
    ///   - migrating: whether to bring a private database up to date first.
    ///   - migratingAny: whether to do so with a database that is named, too.
    ///   - watching: whether a private database is started again where it dies.
    ///   - logger: hears of what the database does.
    func withDatabase<R: Sendable>(
        migrating: Bool = true, migratingAny: Bool = false, watching: Bool = false, logger: Logger = .stderr,
        _ body: (LedgerDatabase) async throws -> R
    ) async throws -> R {
        let settings = try await settings()
        if let url = settings.databaseURL {
            let database = LedgerDatabase(url: url, schema: settings.schema)
            if migratingAny {
                _ = try await Migrator(database.configuration, schema: settings.schema, logger: logger).up()
            }
            return try await body(database)
        }
        let server = EmbeddedPostgres(dataDirectory: settings.dataDirectory, logger: logger)
        Terminal.progress("Starting the private database in \(server.dataDirectory) …")
        defer { Terminal.clearProgress() }
        return try await server.withServer(isWatched: watching) { url in
            Terminal.note("Using the private database in \(server.dataDirectory)")
            let database = LedgerDatabase(url: url, schema: settings.schema)
            if migrating {
                _ = try await Migrator(database.configuration, schema: settings.schema, logger: logger).up()
            }
            return try await body(database)
        }
    }

    /// Runs `body` with connections to a ledger that this build can work with.
    func withLedger<R: Sendable>(_ body: (LedgerDatabase, PostgresPool) async throws -> R) async throws -> R {
        try await withDatabase { database in
            try await withLedgerPool(database, maximumConnections: 4, logger: .stderr) { pool in
                _ = try await pool.withConnection { try await LedgerContract.check($0, schema: database.schema) }
                return try await body(database, pool)
            }
        }
    }

    /// Runs `body` with what reads the ledger.
    func withRepository<R: Sendable>(
        _ body: (LedgerDatabase, EventRepository) async throws -> R
    ) async throws -> R {
        try await withLedger { database, pool in
            try await withBatchWriter(database, pool: pool, logger: .stderr) { writer in
                try await body(database, EventRepository(pool: pool, writer: writer))
            }
        }
    }
}
