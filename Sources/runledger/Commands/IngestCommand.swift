import ArgumentParser
import Foundation
import Logging
import WorkflowEvents
import WorkflowEventsPostgres

struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Stores the events of a file of JSON lines, each once, however often it is run.",
        usage: "runledger ingest <file> [<options>]",
        discussion: """
            Every good line is stored; a bad one is named on standard error with its line and field, and makes the \
            command exit 1. A line needs ts; one without id gets an id made of its content. Running the command again \
            on the same file stores nothing twice, so an interrupted run is simply repeated. Prints \
            {"accepted":…,"duplicates":…,"refused":…}.

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
            let report = try await database.withLedger { database, pool in
                try await withBatchWriter(database, pool: pool, logger: .stderr) { writer in
                    try await ingest(input, with: writer)
                }
            }
            try Terminal.write(report.json + "\n")
            if let fault = input.fault { throw fault }
            if report.refused > max(1, report.accepted + report.duplicates) {
                throw CommandError(
                    "Most lines of \(input.name) are no events: a file holds one JSON object a line, which "
                        + "`jq -c '.[]'` makes of an array.")
            }
            if report.refused > 0 { throw ExitCode.failure }
        }
    }

    private func ingest(_ input: InputFile, with writer: BatchWriter) async throws -> IngestReport {
        var ingestion = Ingestion(writer: writer, fileName: input.name)
        var lines = NDJSONLines()
        let begin = ContinuousClock.now
        var batch = LineBatch()
        do {
            while let chunk = try await input.read() {
                chunk.withUnsafeBytes { lines.split($0) { batch.add($0) } }
                let isPause = chunk.isEmpty && batch.lineCount > 0
                guard isPause || batch.lineCount >= LineBatch.usualLineCount else { continue }
                try await ingestion.store(batch)
                batch = LineBatch()
                showProgress(ingestion.report, since: begin)
            }
            // Behind a fault only a part of the last line is known.
            if input.fault == nil { lines.finish { batch.add($0, isLast: true) } }
            try await ingestion.store(batch)
            try await ingestion.finish()
        } catch {
            if Task.isCancelled {
                Terminal.note(
                    "Interrupted: what is stored stays; repeat the command to go on, nothing is stored twice.")
                throw CancellationError()
            }
            guard error is WriteError else { throw error }
            throw CommandError(
                CommandError(explaining: error).description
                    + " Then repeat the command: what is stored stays, and nothing is stored twice.")
        }
        Terminal.clearProgress()
        return ingestion.report
    }

    private func showProgress(_ report: IngestReport, since begin: ContinuousClock.Instant) {
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        Terminal.progress("\(report.lineCount) lines, \(Int(Double(report.lineCount) / max(seconds, 0.001))) a second")
    }
}
