import ArgumentParser
import EmbeddedPostgres
import LedgerSchema
import Logging
import WorkflowEventsPostgres

/// Which ledger a command works on.
struct DatabaseOptions: ParsableArguments {
    @Option(help: "Where PostgreSQL is: a URI or keyword=value string, as libpq takes it. (RUNLEDGER_DATABASE_URL)")
    var databaseURL: String?

    @Option(help: "The schema that holds the ledger. (RUNLEDGER_SCHEMA; default: runledger)")
    var schema: String?

    @Option(help: "Where the private PostgreSQL keeps its data. (RUNLEDGER_DATA_DIR)", completion: .directory)
    var dataDir: String?

    @Option(help: "A JSON file of settings; flags and environment variables go before it. (RUNLEDGER_CONFIG)")
    var config: String?

    /// The schema that holds the ledger.
    var schemaName: String {
        get async throws {
            if let schema { return schema }
            return try await Settings(file: config).schema ?? "runledger"
        }
    }

    /// Runs `body` with the ledger's database, which for a private one is started, migrated and stopped again.
    ///
    /// - Parameter migrating: whether to bring a private database up to date first.
    func withDatabase<R: Sendable>(
        migrating: Bool = true, _ body: (LedgerDatabase) async throws -> R
    ) async throws -> R {
        let settings = try await Settings(file: config)
        let schema = try await schemaName
        if let url = databaseURL ?? settings.databaseURL {
            return try await body(LedgerDatabase(url: url, schema: schema))
        }
        let server = EmbeddedPostgres(dataDirectory: dataDir ?? settings.dataDirectory, logger: .stderr)
        return try await server.withServer { url in
            Terminal.note("Using the private database in \(server.dataDirectory)")
            let database = LedgerDatabase(url: url, schema: schema)
            if migrating {
                _ = try await Migrator(database.configuration, schema: schema, logger: .stderr).up()
            }
            return try await body(database)
        }
    }
}
