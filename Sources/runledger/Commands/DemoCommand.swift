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
        usage: "runledger demo [<options>]",
        discussion: """
            The demo has a PostgreSQL of its own in a temporary directory, and leaves nothing behind. With --keep, \
            --data-dir or --database-url its events stay and can be looked at with the other commands.
            """)

    @Option(help: ArgumentHelp("How many runs to play.", valueName: "count"))
    var runs = 40

    @Option(help: ArgumentHelp("Another seed tells another story.", valueName: "number"))
    var seed: UInt64 = 2025

    @Option(
        help: ArgumentHelp(
            "How long skills take, as a multiple of their usual fractions of a second.", valueName: "factor"))
    var pace = 1.0

    @Flag(help: "Keep the events in the ledger that the other commands use.")
    var keep = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if !(1...10_000).contains(runs) { throw ValidationError("--runs must be 1 to 10000.") }
        if !(0...100).contains(pace) { throw ValidationError("--pace must be 0 to 100.") }
    }

    func run() async throws {
        try await interruptibly {
            if keep || database.databaseURL != nil || database.dataDir != nil {
                try await database.withLedger { try await play(on: $0, $1) }
            } else {
                Terminal.note("Starting a PostgreSQL for the demo; it is gone again when the demo ends.")
                try await EmbeddedPostgres.throwaway(logger: .stderr).withServer { url in
                    let database = LedgerDatabase(url: url)
                    _ = try await Migrator(database.configuration, schema: database.schema, logger: .stderr).up()
                    try await withLedgerPool(database, maximumConnections: 4, logger: .stderr) { pool in
                        try await play(on: database, pool)
                    }
                }
            }
        }
    }

    private func play(on database: LedgerDatabase, _ pool: PostgresPool) async throws {
        let ledger = Ledger(pool: pool)
        let before = try await ledger.sequence()
        let printed = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        printed.continuation.yield(before)
        try Terminal.write(Style.bold("\nEvents, as they commit\n"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Tail(database: database, pool: pool, logger: .stderr).follow(after: before) { events in
                    for event in events { try Terminal.write(EventLine(stored: event).text + "\n") }
                    if let last = events.last { printed.continuation.yield(last.position) }
                }
            }
            group.addTask {
                try await simulate(into: database)
                let head = try await ledger.sequence()
                for await position in printed.stream where position >= head { break }
            }
            // The tail ends by itself only if it fails.
            try await group.next()
            group.cancelAll()
        }
        try await answer(pool)
    }

    private func simulate(into database: LedgerDatabase) async throws {
        let simulation = Simulation(runCount: runs, concurrency: 4, seed: seed, pace: pace)
        // Without a spool: where the database goes with the demo, nobody would ever collect it.
        try await withWorkflowEvents(.postgres(database, spools: false), service: "runledger-demo", logger: .stderr) {
            try await simulation.play()
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
