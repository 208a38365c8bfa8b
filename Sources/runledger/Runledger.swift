import ArgumentParser

/// The command line: each verb is a file of `Commands`.
@main
struct Runledger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runledger",
        abstract: "Keeps a ledger of workflow runs on PostgreSQL, shows it live and answers questions about it.",
        discussion: """
            Skills emit start, end and fail events; runledger stores each one durably and exactly once. Without \
            --database-url, RUNLEDGER_DATABASE_URL or libpq's PG* variables, every command uses a private PostgreSQL \
            that it starts by itself.

            A first look:  runledger demo
            """,
        version: version,
        subcommands: [
            DemoCommand.self, IngestCommand.self, EventsCommand.self, RunsCommand.self, ReportCommand.self,
            MigrateCommand.self, PsqlCommand.self,
        ])

    /// The release this binary is of.
    static let version = "0.1.0"
}
