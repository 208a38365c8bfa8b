import ArgumentParser
import Foundation
import LedgerReporting

/// The command line: each verb is a file of `Commands`.
@main
struct Runledger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runledger",
        abstract: "Keeps a ledger of workflow runs on PostgreSQL, shows it live and answers questions about it.",
        usage: "runledger <subcommand> [<options>]",
        discussion: """
            Skills emit start, end and fail events; runledger stores each one durably and exactly once. Without \
            --database-url, RUNLEDGER_DATABASE_URL or libpq's PG* variables, every command uses a private PostgreSQL \
            that it starts by itself.

            A first look:  runledger demo

            Data go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 64 wrong usage.
            """,
        version: Release.version,
        subcommands: [
            DemoCommand.self, ServeCommand.self, IngestCommand.self, EventsCommand.self, RunsCommand.self,
            ReportCommand.self, ScheduleCommand.self, RollupCommand.self, MigrateCommand.self, TokenCommand.self,
            PsqlCommand.self,
        ])

    static func main() async {
        // A reader that has enough must not end a command before it has stopped what it started.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try await asyncParseAsRoot()
            do {
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            } catch {
                throw explained(error)
            }
        } catch let error as UsageError {
            Terminal.note(error.description)
            Foundation.exit(ExitCode.validationFailure.rawValue)
        } catch {
            exit(withError: error)
        }
    }

    /// What a command threw, as the parser's own errors or in words for the person at the terminal.
    private static func explained(_ error: any Error) -> any Error {
        switch error {
        case is ExitCode, is UsageError: error
        case is OutputClosed: ExitCode.success
        case is CancellationError: ExitCode.failure
        // A request for help and wrong usage are the parser's to answer.
        case let error where exitCode(for: error) != .failure: error
        default: CommandError(explaining: error)
        }
    }
}
