import ArgumentParser
import EventLedger
import Foundation
import LedgerReporting
import LibPQ
import Logging
import WorkflowEvents
import WorkflowEventsPostgres

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Answers a documented question, exactly and as of now.",
        usage: """
            runledger report <name> [<options>]
            runledger report list
            runledger report verify <manifest>
            """,
        discussion: """
            Everything acknowledged before the question is in the answer, which names the position it is true as of. \
            `runledger report run --help` shows the options.

            Examples:
              runledger report list
              runledger report failures-by-node --since 7d
              runledger report duration-trend --set bucket=hour --since 24h --output trend.html
              runledger report verify trend.html.manifest.json
            """,
        subcommands: [Run.self, List.self, Verify.self],
        defaultSubcommand: Run.self)

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Answers one report; `run` may be left out.",
            usage: "runledger report <name> [<options>]")

        @Argument(help: "The report's name; `runledger report list` shows them.")
        var name: String

        @OptionGroup var options: ReportOptions

        @Option(help: "How to print the answer. (default: table, or what the name of the output file ends in)")
        var format: ReportFormat?

        @Option(
            help: ArgumentHelp(
                "Write the answer to this file, and beside it a manifest to verify it by.", valueName: "file"),
            completion: .file())
        var output: String?

        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            _ = try options.texts()
            guard let output else { return }
            if output == "-" {
                throw ValidationError(
                    "--output names a file, beside which a manifest is written; without it the answer goes to standard "
                        + "output.")
            }
            if format == nil, ReportFormat(endOf: output) == nil {
                let known = ReportFormat.allCases.map { ".\($0.fileExtension) (\($0.rawValue))" }
                    .joined(separator: ", ")
                throw ValidationError(
                    "The name of \(output) does not tell a format: name one with --format, or let it end in \(known).")
            }
        }

        func run() async throws {
            let catalogue = try options.reports.catalogue(try await database.settings())
            let (definition, arguments) = try await Self.asking {
                let definition = try catalogue.report(name)
                return (definition, try options.arguments(for: definition))
            }
            try await interruptibly {
                let report = try await Self.asking {
                    try await database.withLedger { _, pool in
                        try await pool.answer(definition, arguments, options.bounds)
                    }
                }
                if let output {
                    try write(report, to: output)
                } else {
                    try report.print(as: format ?? .table)
                }
                if report.isTruncated {
                    throw CommandError(
                        "The answer was cut off after \(report.rows.count) rows, for none holds more than 10000 or "
                            + "about 64 MiB; ask for less at a time, as with --since and --until.")
                }
            }
        }

        /// Does `body`, whose refusal of the question is wrong usage of the command.
        private static func asking<R: Sendable>(_ body: () async throws -> R) async throws -> R {
            do {
                return try await body()
            } catch let error as ReportError where error.code == .badArgument || error.code == .unknownReport {
                throw UsageError(error.message, of: "report run", "report <name> [<options>]")
            }
        }

        private func write(_ report: Report, to path: String) throws {
            let format = format ?? ReportFormat(endOf: path) ?? .table
            let file = report.rendered(as: format)
            try OutputFile.write(file, to: path)
            try OutputFile.write(report.manifest(of: file, as: format), to: path + ".manifest.json")
            Terminal.note(
                "Wrote \(path) and \(path).manifest.json, as of position \(report.asOfPosition), "
                    + "\(report.rows.count) \(report.rows.count == 1 ? "row" : "rows").")
        }
    }
}

extension PostgresPool {
    /// What is rolled up already is not read again; so many events are read quickly enough.
    private static let tolerableBacklog: Int64 = 20_000

    /// The answer of `definition`, after what is left has been rolled up.
    func answer(
        _ definition: ReportDefinition, _ arguments: [String: ReportValue], _ bounds: ReadBounds
    ) async throws -> Report {
        _ = try await Ledger(pool: self).sequence()
        try await Rollup(pool: self).catchUpShowingProgress(leaving: Self.tolerableBacklog)
        return try await ReportRunner(pool: self).ask(definition, arguments, bounds)
    }
}

extension ReportFormat {
    /// The format that the end of the file name `path` tells; `nil` if it tells none.
    init?(endOf path: String) {
        guard let format = Self.allCases.first(where: { path.lowercased().hasSuffix("." + $0.fileExtension) }) else {
            return nil
        }
        self = format
    }
}

extension Report {
    /// Prints the answer; a table says below what it is an answer to.
    func print(as format: ReportFormat) throws {
        guard format == .table else { return try Terminal.write(data: rendered(as: format)) }
        try Terminal.write(table.text(width: Terminal.width, bold: { Style.bold($0) }))
        let kind = percentiles.map { ", percentiles \($0.rawValue)" } ?? ""
        Terminal.note("As of position \(asOfPosition), \(rows.count) \(rows.count == 1 ? "row" : "rows")\(kind).")
    }
}
