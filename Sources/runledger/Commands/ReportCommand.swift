import ArgumentParser
import EventLedger
import Foundation
import LedgerReporting
import Logging
import WorkflowEventsPostgres

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Answers a documented question, exactly and as of now.",
        usage: """
            runledger report <name> [<options>]
            runledger report list
            """,
        discussion: """
            Everything acknowledged before the question is in the answer. `runledger report run --help` shows the \
            options.

            Examples:
              runledger report list
              runledger report failures-by-node --since 7d
              runledger report average-duration --node LYRICS --format json
            """,
        subcommands: [Run.self, List.self],
        defaultSubcommand: Run.self)

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Answers one report; `run` may be left out.",
            usage: "runledger report <name> [<options>]")

        @Argument(help: "The report's name; `runledger report list` shows them.")
        var name: String

        @Option(help: ArgumentHelp("Only events at or after this time: \(TimeArgument.help)", valueName: "time"))
        var since: TimeArgument?

        @Option(help: ArgumentHelp("Only events before this time.", valueName: "time"))
        var until: TimeArgument?

        @Option(help: "Only this node.")
        var node: String?

        @Option(help: ArgumentHelp("How many rows at most. (default: all, up to 10000)", valueName: "count"))
        var limit: Int?

        @Option(help: "How to print the answer.")
        var format: OutputFormat = .table

        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
            do {
                _ = try ReportCatalogue.builtIn().report(name)
            } catch {
                throw ValidationError(error.message)
            }
        }

        func run() async throws {
            let definition = try ReportCatalogue.builtIn().report(name)
            try await interruptibly {
                let report = try await database.withLedger { _, pool in
                    try await ReportRunner(pool: pool).run(definition, arguments)
                }
                try report.print(as: format)
                if report.isTruncated {
                    throw CommandError(
                        "The answer was cut off after \(report.rows.count) rows; narrow it with --since, --until or --limit."
                    )
                }
            }
        }

        private var arguments: [String: ReportValue] {
            var arguments: [String: ReportValue] = [:]
            arguments["since"] = since.map { .timestamp($0.timestamp) }
            arguments["until"] = until.map { .timestamp($0.timestamp) }
            arguments["node"] = node.map { .text($0) }
            arguments["limit"] = limit.map { .integer(Int64($0)) }
            return arguments
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the reports and their parameters.")

        func run() async throws {
            for definition in try ReportCatalogue.builtIn().definitions {
                try Terminal.write("\(Style.bold(definition.name))\n  \(definition.summary)\n")
                let columns = definition.columns.map(\.name).joined(separator: ", ")
                let parameters = definition.parameters.map { "--\($0.name)" }.joined(separator: " ")
                try Terminal.write("  Columns: \(columns)\n  Options: \(parameters)\n\n")
            }
        }
    }
}

extension Report {
    /// Prints the answer; a table says below what it is an answer to.
    func print(as format: OutputFormat) throws {
        switch format {
        case .table:
            try Terminal.write(table.text(width: Terminal.width, bold: { Style.bold($0) }))
            Terminal.note("As of position \(asOfPosition), \(rows.count) \(rows.count == 1 ? "row" : "rows").")
        case .json: try Terminal.write(json + [UInt8(ascii: "\n")])
        case .ndjson: try Terminal.write(table.ndjson)
        case .csv: try Terminal.write(table.csv)
        }
    }
}
