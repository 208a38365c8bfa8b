import ArgumentParser
import LedgerMigrations
import LedgerReporting
import LedgerSchema
import LibPQ
import Logging
import WorkflowEvents
import WorkflowEventsPostgres

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Makes, changes and checks the schema that holds the ledger.",
        usage: "runledger migrate <subcommand> [<options>]",
        discussion: """
            Examples:
              runledger migrate up --database-url postgresql://admin@db.internal/runs
              runledger migrate status
            """,
        subcommands: [Up.self, Down.self, Status.self, Verify.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Applies the migrations that are pending.", usage: "runledger migrate up [<options>]")

        @Option(help: ArgumentHelp("The last version to apply. (default: all)", valueName: "version"))
        var to: Int?

        @Flag(help: "Say what would be applied, and change nothing.")
        var dryRun = false

        @Flag(help: "Print the SQL that makes the roles, for a database administrator, and change nothing.")
        var printRoles = false

        @Option(
            help: ArgumentHelp(
                "With --print-roles: the login that migrates. (default: the connection's)", valueName: "name"))
        var login: String?

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            if printRoles {
                let settings = try await database.settings()
                let login = login ?? PostgresConfiguration(connectionString: settings.databaseURL ?? "").user
                return try Terminal.write(
                    RoleScript.sql(schema: settings.schema, roles: LedgerRoles(schema: settings.schema), login: login))
            }
            try await interruptibly {
                try await database.withMigrator { migrator in
                    try await reportingSteps { try await migrator.up(to: to, dryRun: dryRun) }
                }
            }
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Undoes migrations, the last first; refuses while events are stored.",
            usage: "runledger migrate down --to <version> [<options>]")

        @Option(help: ArgumentHelp("The version to go back to; 0 removes the ledger.", valueName: "version"))
        var to: Int

        @Flag(help: "Go on although stored events will be destroyed; needs --ledger-id.")
        var destroyEvents = false

        @Option(help: ArgumentHelp("The id of the ledger whose events are to be destroyed.", valueName: "id"))
        var ledgerID: String?

        @Flag(help: "Say what would be undone, and change nothing.")
        var dryRun = false

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            try await interruptibly {
                try await database.withMigrator { migrator in
                    try await reportingSteps {
                        try await migrator.down(
                            to: to, destroyEvents: destroyEvents, ledgerID: ledgerID, dryRun: dryRun)
                    }
                }
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the migrations and how each one stands.", usage: "runledger migrate status [<options>]")

        @Option(help: "How to print them.")
        var format: OutputFormat = .table

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            try await interruptibly {
                try await database.withMigrator { migrator in
                    try Listing(try await migrator.status(), envelope: "migrations").print(as: format)
                }
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks that the schema is what its migrations made: files, objects and guards.",
            usage: "runledger migrate verify [<options>]")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            try await interruptibly {
                try await database.withMigrator { migrator in
                    let findings = try await migrator.verify()
                    for finding in findings { Terminal.note(finding) }
                    if !findings.isEmpty { throw ExitCode.failure }
                    try Terminal.write("The schema is as its migrations made it.\n")
                }
            }
        }
    }
}

extension DatabaseOptions {
    /// Runs `body` with the migrator of the ledger's schema; a private database is started but not migrated first.
    fileprivate func withMigrator(_ body: (Migrator) async throws -> Void) async throws {
        try await withDatabase(migrating: false) { database in
            try await body(Migrator(database.configuration, schema: database.schema, logger: .stderr))
        }
    }
}

/// Prints what `body` did, and if it fails, what it had done before.
private func reportingSteps(_ body: () async throws -> [MigrationStep]) async throws {
    do {
        let steps = try await body()
        for step in steps { try Terminal.write(step.line) }
        if steps.isEmpty { try Terminal.write("Nothing to do.\n") }
    } catch let error as SchemaError {
        for step in error.steps { try Terminal.write(step.line) }
        throw error
    }
}

extension MigrationStep {
    fileprivate var line: String {
        let verb = direction == .up ? "up  " : "down"
        let time = duration.map { "\(Int($0 / .milliseconds(1))) ms" } ?? "would run"
        return "\(verb)  \(version)  \(name)  \(time)\n"
    }
}

extension MigrationStatus: TableRow {
    static var columns: [ReportDefinition.Column] {
        [
            .init(name: "version", type: .integer), .init(name: "name", type: .text),
            .init(name: "state", type: .text), .init(name: "applied_at", type: .timestamp),
            .init(name: "applied_by", type: .text), .init(name: "duration_ms", type: .integer, unit: "ms"),
        ]
    }

    var cells: [ReportValue] {
        [
            .integer(Int64(version)), .text(name), .text(state.rawValue),
            appliedAt.map { .timestamp(Timestamp($0)) } ?? .null, appliedBy.map { .text($0) } ?? .null,
            duration.map { .integer(Int64($0 / .milliseconds(1))) } ?? .null,
        ]
    }
}
