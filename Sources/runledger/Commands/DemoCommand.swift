import ArgumentParser
import EmbeddedPostgres
import EventLedger
import Foundation
import LedgerReporting
import LedgerSchema
import LibPQ
import Logging
import WorkflowEvents
import WorkflowEventsPostgres

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Plays a workflow of eight skills, shows its events as they commit, and answers questions about it.",
        discussion: """
            The demo has a PostgreSQL of its own in a temporary directory, and leaves nothing behind. With --keep, or \
            with a database of yours, its events stay and can be looked at with the other commands.
            """)

    @Option(help: "How many runs to play.")
    var runs = 40

    @Option(help: "Another seed tells another story.")
    var seed: UInt64 = 2025

    @Option(help: "How long skills take, as a multiple of their usual fractions of a second.")
    var pace = 1.0

    @Flag(help: "Keep the events in the private database, where the other commands find them.")
    var keep = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if !(1...10_000).contains(runs) { throw ValidationError("--runs must be 1 to 10000.") }
        if !(0...100).contains(pace) { throw ValidationError("--pace must be 0 to 100.") }
    }

    func run() async throws {
        try await interruptibly {
            if keep || database.databaseURL != nil || database.dataDir != nil {
                try await database.withDatabase { try await play(on: $0) }
            } else {
                Terminal.note("Starting a PostgreSQL for the demo; it is gone again when the demo ends.")
                try await EmbeddedPostgres.throwaway(logger: .stderr).withServer { url in
                    let database = LedgerDatabase(url: url)
                    _ = try await Migrator(database.configuration, schema: database.schema, logger: .stderr).up()
                    try await play(on: database)
                }
            }
        }
    }

    private func play(on database: LedgerDatabase) async throws {
        try await withLedgerPool(database, maximumConnections: 4, logger: .stderr) { pool in
            let ledger = Ledger(pool: pool)
            let before = try await ledger.sequence()
            try Terminal.write(Style.bold("\nEvents, as they commit\n"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                let printed = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask {
                    try await Tail(database: database, pool: pool, logger: .stderr).follow(after: before) { events in
                        for event in events { try Terminal.write(EventLine(stored: event).text + "\n") }
                        if let last = events.last { printed.continuation.yield(last.position) }
                    }
                }
                let simulation = Simulation(runCount: runs, concurrency: 4, seed: seed, pace: pace)
                try await withWorkflowEvents(.postgres(database), service: "runledger-demo") {
                    try await simulation.play()
                }
                let head = try await ledger.sequence()
                for await position in printed.stream where position >= head { break }
                group.cancelAll()
            }
            try await answer(pool)
        }
    }

    private func answer(_ pool: PostgresPool) async throws {
        let runner = ReportRunner(pool: pool)
        let catalogue = try ReportCatalogue.builtIn()
        for name in ["failures", "failures-by-node", "average-duration", "runs-with-issues"] {
            let report = try await runner.run(catalogue.report(name), [:])
            try Terminal.write(
                "\n\(Style.bold(report.definition.title))  \(Style.dim("runledger report \(name)"))\n"
                    + "\(report.definition.summary)\n\n")
            try Terminal.write(report.table.text(width: Terminal.width ?? 120, bold: { Style.bold($0) }))
        }
    }
}
