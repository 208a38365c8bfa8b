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
        abstract: "Measures the write path and the service beside their ceilings, on a private durable PostgreSQL.",
        discussion: "The measures are \(MeasureName.list).")

    @Option(help: "Pairs of alternating runs; the median counts.")
    var pairs = 3

    @Option(help: "Rows of each producer and run.")
    var rows = 250_000

    @Option(help: "Events of the sustained run.")
    var sustained = 3_000_000

    @Option(help: "Events of the history that reports are asked of, which is measured at a hundredth and a tenth too.")
    var history = 10_000_000

    @Option(help: "The `runledger` executable that is measured.")
    var runledger: String

    @Option(help: "The Markdown file to write everything to, besides standard output; for a run of all measures.")
    var save: String?

    @Option(
        parsing: .upToNextOption,
        help: "Only the measures whose names begin so: `writer`, or `growth` for four. Several may be named.")
    var only: [String] = []

    @Option(help: "The command to name as what was run.")
    var command = "ledger-bench"

    @Option(help: "The compiler to name as what built this.")
    var compiler = "an unnamed compiler"

    func validate() throws {
        let names = MeasureName.allCases.map(\.rawValue)
        if let unknown = only.first(where: { only in !names.contains { $0.hasPrefix(only) } }) {
            throw ValidationError("There is no measure `\(unknown)`; the measures are \(MeasureName.list).")
        }
        guard save == nil || only.isEmpty else {
            throw ValidationError("The page is of one whole run: --save does not go with --only.")
        }
        guard pairs > 0, rows > 0, sustained > 0, history >= 10_000 else {
            throw ValidationError("--pairs, --rows and --sustained are at least 1, --history at least 10000.")
        }
    }

    func run() async throws {
        let directory = URL(filePath: NSTemporaryDirectory()).appending(path: "runledger-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = EmbeddedPostgres(
            dataDirectory: directory.path(), logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await server.withServer { url in
            var logger = Logger(label: "bench")
            logger.logLevel = .warning
            let bench = Workbench(database: LedgerDatabase(url: url), directory: directory, logger: logger)
            try await measure(bench)
        }
    }

    private func measure(_ bench: Workbench) async throws {
        var page = Page(machine: try await Machine(bench), compiler: compiler, command: command)
        for name in MeasureName.allCases where only.isEmpty || only.contains(where: { name.rawValue.hasPrefix($0) }) {
            FileHandle.standardError.write(Data("measuring \(name.rawValue) …\n".utf8))
            do {
                let findings = try await bench.withNewLedger { try await run(name, on: $0) }
                page.findings.append((name.rawValue, findings))
                FileHandle.standardOutput.write(Data((findings.markdown(of: name.rawValue) + "\n").utf8))
            } catch {
                // The measures before and after it are worth having.
                page.failures.append((name.rawValue, "\(error)"))
                FileHandle.standardError.write(Data("\(name.rawValue) failed: \(error)\n".utf8))
            }
        }
        if let save { try page.write(to: save) }
        if !page.failures.isEmpty { throw ExitCode.failure }
    }

    private func run(_ name: MeasureName, on bench: Workbench) async throws -> Findings {
        switch name {
        case .writer: Findings(goals: try await WriterMeasure(bench: bench, pairs: pairs, rows: rows).run())
        case .insert: Findings(goals: try await InsertMeasure(bench: bench, pairs: pairs).run())
        case .emit: Findings(goals: try await EmitMeasure(bench: bench).run())
        case .ingest:
            Findings(goals: try await IngestMeasure(bench: bench, runledger: runledger, pairs: pairs).run())
        case .http:
            Findings(goals: try await ServiceIngestMeasure(bench: bench, runledger: runledger, pairs: pairs).run())
        case .latency:
            Findings(goals: try await StreamLatencyMeasure(bench: bench, runledger: runledger, pairs: pairs).run())
        case .fanout: Findings(goals: try await FanOutMeasure(bench: bench, runledger: runledger, pairs: pairs).run())
        case .footprint: Findings(goals: try await FootprintMeasure(bench: bench, runledger: runledger).run())
        case .rollup: Findings(goals: try await RollupMeasure(bench: bench, pairs: pairs).run())
        case .sustained: Findings(goals: try await SustainedMeasure(bench: bench, eventCount: sustained).run())
        case .growthEvents: try await EventGrowth(bench: bench, pairs: pairs, eventCount: history).run()
        case .growthWriters:
            try await WriterGrowth(bench: bench, runledger: runledger, pairs: pairs, rows: rows).run()
        case .growthBatches: try await BatchGrowth(bench: bench, runledger: runledger, pairs: pairs, rows: rows).run()
        case .growthSubscribers:
            try await SubscriberGrowth(bench: bench, runledger: runledger, pairs: pairs).run()
        case .micro: try await MicroMeasure(bench: bench).run()
        }
    }
}
