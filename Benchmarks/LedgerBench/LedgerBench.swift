import ArgumentParser
import EmbeddedPostgres
import Foundation
import LedgerSchema
import Logging
import WorkflowEventsPostgres

/// Measures what the documentation claims, each figure beside its ceiling in the same run.
@main
struct LedgerBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger-bench",
        abstract: "Measures the write path and the service beside their ceilings, on a private durable PostgreSQL.")

    @Option(help: "Pairs of alternating runs; the median counts.")
    var pairs = 5

    @Option(help: "Rows of each producer and run.")
    var rows = 250_000

    @Option(help: "Events of the sustained run.")
    var sustained = 10_000_000

    @Option(help: "Events of the history that reports are asked of.")
    var history = 10_000_000

    @Option(help: "The `runledger` executable whose ingest is measured.")
    var runledger: String

    @Option(help: "The Markdown file to write the table to, besides standard output.")
    var save: String?

    @Option(help: "Only the rows whose name contains this.")
    var only: String?

    func run() async throws {
        let directory = URL(filePath: NSTemporaryDirectory()).appending(path: "runledger-bench-\(UUID().uuidString)")
        let server = EmbeddedPostgres(
            dataDirectory: directory.path(), logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
        do {
            try await server.withServer { url in
                let database = LedgerDatabase(url: url)
                var logger = Logger(label: "bench")
                logger.logLevel = .warning
                _ = try await Migrator(database.configuration, schema: database.schema, logger: logger).up()
                let bench = Workbench(database: database, directory: directory, logger: logger)
                try await measure(bench)
            }
        } catch {
            try? FileManager.default.removeItem(at: directory)
            throw error
        }
        try? FileManager.default.removeItem(at: directory)
    }

    private func measure(_ bench: Workbench) async throws {
        var table = ResultTable()
        let measures: [(String, () async throws -> [ResultRow])] = [
            ("writer", { try await WriterMeasure(bench: bench, pairs: pairs, rows: rows).run() }),
            ("insert", { try await InsertMeasure(bench: bench, pairs: pairs).run() }),
            ("emit", { try await EmitMeasure(bench: bench).run() }),
            ("ingest", { try await IngestMeasure(bench: bench, runledger: runledger, pairs: pairs).run() }),
            ("http", { try await ServiceIngestMeasure(bench: bench, runledger: runledger, pairs: pairs).run() }),
            ("latency", { try await StreamLatencyMeasure(bench: bench, runledger: runledger).run() }),
            ("fanout", { try await FanOutMeasure(bench: bench, runledger: runledger, pairs: pairs).run() }),
            ("footprint", { try await FootprintMeasure(bench: bench, runledger: runledger).run() }),
            ("rollup", { try await RollupMeasure(bench: bench, pairs: pairs).run() }),
            ("reports", { try await ReportMeasure(bench: bench, eventCount: history).run() }),
            ("sustained", { try await SustainedMeasure(bench: bench, eventCount: sustained).run() }),
        ]
        for (name, measure) in measures where only.map(name.contains) ?? true {
            FileHandle.standardError.write(Data("measuring \(name) …\n".utf8))
            table.rows += try await measure()
        }
        print(table.markdown)
        if let save {
            try table.document(server: await bench.serverVersion()).write(
                toFile: save, atomically: true, encoding: .utf8)
        }
    }
}
