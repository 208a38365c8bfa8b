import ArgumentParser
import EventLedger
import Foundation
import LedgerReporting
import LibPQ
import WorkflowEvents

extension ReportCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks a kept report again, as of its position; exits 1 if the answer, or its file, differs.",
            usage: "runledger report verify <manifest> [<options>]")

        @Argument(help: "The manifest that --output wrote beside the report's file.", completion: .file())
        var manifest: String

        @OptionGroup var reports: ReportsDirectoryOption

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let kept = try ReportManifest(json: Data(OutputFile.read(manifest)))
            let catalogue = try reports.catalogue(try await database.settings())
            try await interruptibly {
                let report = try await database.withLedger { _, pool in
                    try await answer(to: kept, from: catalogue, pool)
                }
                let differences = kept.differences(from: report) + fileDifferences(of: report, from: kept)
                guard differences.isEmpty else { throw CommandError(differences.joined(separator: "\n")) }
                Terminal.note(
                    "Verified: \(kept.report) as of position \(report.asOfPosition) has the same answer, "
                        + "\(report.rows.count) \(report.rows.count == 1 ? "row" : "rows"), and its file holds it.")
            }
        }

        /// What the question of `kept` is answered with now.
        ///
        /// - Throws: ``CommandError``, before anything is asked, where another ledger was asked then.
        private func answer(
            to kept: ReportManifest, from catalogue: ReportCatalogue, _ pool: PostgresPool
        ) async throws -> Report {
            let ledgerID = try await Ledger(pool: pool).id()
            guard ledgerID == kept.ledgerID else {
                throw CommandError(
                    "The report is of another ledger, \(kept.ledgerID.text); this one is "
                        + "\(ledgerID.text).")
            }
            let definition = try catalogue.report(kept.report)
            let arguments = try ReportArguments.parse(kept.arguments, for: definition, now: .now)
            return try await pool.answer(definition, arguments, kept.bounds)
        }

        private static let suffix = ".manifest.json"

        private func fileDifferences(of report: Report, from kept: ReportManifest) -> [String] {
            guard manifest.hasSuffix(Self.suffix) else {
                return ["The name of \(manifest) does not end in \(Self.suffix), so that it does not tell its file."]
            }
            do {
                let file = try OutputFile.read(String(manifest.dropLast(Self.suffix.count)))
                return kept.differences(of: file, from: report)
            } catch {
                return [error.description]
            }
        }
    }
}
