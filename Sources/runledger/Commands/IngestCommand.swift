import ArgumentParser
import Foundation
import Logging
import WorkflowEvents
import WorkflowEventsPostgres

struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Stores the events of a file of JSON lines, each once, however often it is run.",
        discussion: """
            Every good line is stored; a bad one is named on standard error with its line and field, and makes the \
            command exit 1. A line needs ts; one without id gets an id made of its content. Running the command again \
            on the same file stores nothing twice, so an interrupted run is simply repeated.

            Examples:
              runledger ingest events.ndjson
              zcat archive/*.gz | runledger ingest -
            """)

    @Argument(help: "A file of JSON lines, plain or gzip; - is standard input.", completion: .file())
    var file: String

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let input = try InputFile(path: file)
        try await interruptibly {
            let report = try await database.withDatabase { database in
                try await withLedgerPool(database, maximumConnections: 4, logger: .stderr) { pool in
                    try await withBatchWriter(database, pool: pool, logger: .stderr) { writer in
                        try await ingest(input, with: writer)
                    }
                }
            }
            try Terminal.write(report.json + "\n")
            if report.refused > 0 { throw ExitCode.failure }
        }
    }

    private func ingest(_ input: InputFile, with writer: BatchWriter) async throws -> IngestReport {
        var ingestion = Ingestion(writer: writer, fileName: input.name)
        var lines = NDJSONLines()
        let begin = ContinuousClock.now
        var batch = LineBatch()
        while let chunk = try input.read() {
            try Task.checkCancellation()
            chunk.withUnsafeBytes { lines.split($0) { batch.add($0) } }
            if batch.lineCount >= LineBatch.usualLineCount {
                try await ingestion.store(batch)
                batch = LineBatch()
                showProgress(ingestion.report, since: begin)
            }
        }
        lines.finish { batch.add($0) }
        try await ingestion.store(batch)
        try await ingestion.finish()
        Terminal.progress("")
        return ingestion.report
    }

    private func showProgress(_ report: IngestReport, since begin: ContinuousClock.Instant) {
        let count = report.accepted + report.duplicates + report.refused
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        Terminal.progress("\(count) lines, \(Int(Double(count) / max(seconds, 0.001))) a second")
    }
}
