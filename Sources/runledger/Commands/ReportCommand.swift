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
            do {
                _ = try options.arguments(for: options.catalogue().report(name))
            } catch let error as ReportError {
                throw ValidationError(error.message)
            }
        }

        func run() async throws {
            let definition = try options.catalogue().report(name)
            let arguments = try options.arguments(for: definition)
            try await interruptibly {
                let report = try await database.withLedger { _, pool in
                    try await pool.answer(definition, arguments, options.bounds)
                }
                if let output {
                    try write(report, to: output)
                } else {
                    try report.print(as: format ?? .table)
                }
                // Whoever asked for so many rows knows that there may be more.
                if report.isTruncated, options.limit == nil {
                    throw CommandError(
                        "The answer was cut off after \(report.rows.count) rows; narrow it with --since, --until or --limit."
                    )
                }
            }
        }

        private func write(_ report: Report, to path: String) throws {
            let known = ReportFormat.allCases.first { path.lowercased().hasSuffix("." + $0.fileExtension) }
            let file = report.rendered(as: format ?? known ?? .table)
            do {
                try Data(file).write(to: URL(filePath: path), options: .atomic)
                try Data(report.manifest(of: file)).write(to: URL(filePath: path + ".manifest.json"), options: .atomic)
            } catch {
                throw CommandError("\(path) cannot be written: \(error.localizedDescription)")
            }
            Terminal.note(
                "Wrote \(path) and \(path).manifest.json, as of position \(report.asOfPosition), "
                    + "\(report.rows.count) \(report.rows.count == 1 ? "row" : "rows").")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the reports and their parameters.")

        @Option(
            help: ArgumentHelp(
                "A directory of SQL files with reports of yours. (RUNLEDGER_REPORTS_DIR)", valueName: "directory"),
            completion: .directory)
        var reportsDir: String?

        func run() async throws {
            var options = ReportOptions()
            options.reportsDir = reportsDir
            for definition in try options.catalogue().definitions {
                try Terminal.write("\(Style.bold(definition.name))\n  \(definition.summary)\n")
                let columns = definition.columns.map(\.name).joined(separator: ", ")
                try Terminal.write("  Columns: \(columns)\n")
                for parameter in definition.parameters {
                    try Terminal.write("  \(Self.option(parameter.name))  \(parameter.summary)\n")
                }
                try Terminal.write("\n")
            }
        }

        private static func option(_ name: String) -> String {
            switch name {
            case "since", "until", "node", "limit", "exact": "--\(name)"
            default: "--set \(name)=…"
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks a kept report again, as of its position; exits 1 if the rows or the file differ.",
            usage: "runledger report verify <manifest> [<options>]")

        @Argument(help: "The manifest that --output wrote beside the report's file.", completion: .file())
        var manifest: String

        @Option(
            help: ArgumentHelp(
                "A directory of SQL files with reports of yours. (RUNLEDGER_REPORTS_DIR)", valueName: "directory"),
            completion: .directory)
        var reportsDir: String?

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            guard let json = FileManager.default.contents(atPath: manifest) else {
                throw CommandError("\(manifest) cannot be read.")
            }
            let kept = try ReportManifest(json: json)
            var options = ReportOptions()
            options.reportsDir = reportsDir
            let definition = try options.catalogue().report(kept.report)
            let arguments = try ReportArguments.parse(kept.arguments, for: definition, now: .now)
            try await interruptibly {
                let report = try await database.withLedger { _, pool in
                    try await pool.answer(definition, arguments, kept.bounds)
                }
                let faults = try faults(of: report, against: kept)
                guard faults.isEmpty else { throw CommandError(faults.joined(separator: " ")) }
                Terminal.note(
                    "Verified: \(kept.report) as of position \(report.asOfPosition) answers the same \(report.rows.count) rows."
                )
            }
        }

        private func faults(of report: Report, against kept: ReportManifest) throws -> [String] {
            guard report.ledgerID.uuidString.lowercased() == kept.ledgerID else {
                return [
                    "The report is of another ledger, \(kept.ledgerID); this is \(report.ledgerID.uuidString.lowercased())."
                ]
            }
            var faults: [String] = []
            if report.rowsSHA256 != kept.rowsSHA256 {
                faults.append("The rows differ: their SHA-256 was \(kept.rowsSHA256) and is \(report.rowsSHA256).")
                if report.definition.sha256 != kept.reportSHA256 {
                    faults.append("The report's SQL has changed since, which may be why.")
                }
            }
            let path = manifest.hasSuffix(".manifest.json") ? String(manifest.dropLast(14)) : nil
            if let file = path.flatMap(FileManager.default.contents(atPath:)) {
                if Report.sha256(of: Array(file)) != kept.fileSHA256 { faults.append("The file has been changed.") }
            } else {
                Terminal.note("The report's file is not beside the manifest; only the rows are compared.")
            }
            return faults
        }
    }
}

extension PostgresPool {
    /// What is rolled up already is not read again; so many events are read quickly enough.
    private static let tolerableBacklog: Int64 = 20_000

    /// The answer of `definition`, after what is left has been rolled up.
    fileprivate func answer(
        _ definition: ReportDefinition, _ arguments: [String: ReportValue], _ bounds: ReadBounds
    ) async throws -> Report {
        _ = try await Ledger(pool: self).sequence()
        try await Rollup(pool: self).catchUpShowingProgress(leaving: Self.tolerableBacklog)
        return try await ReportRunner(pool: self).run(definition, arguments, bounds)
    }
}

extension Report {
    /// Prints the answer; a table says below what it is an answer to.
    func print(as format: ReportFormat) throws {
        guard format == .table else { return try Terminal.write(rendered(as: format)) }
        try Terminal.write(table.text(width: Terminal.width, bold: { Style.bold($0) }))
        let kind = percentiles.map { ", percentiles \($0.rawValue)" } ?? ""
        Terminal.note("As of position \(asOfPosition), \(rows.count) \(rows.count == 1 ? "row" : "rows")\(kind).")
    }
}
