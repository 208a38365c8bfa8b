public import ArgumentParser
import Logging
import WorkflowEvents
public import WorkflowEventsPostgres

extension RunSummary.Status: ExpressibleByArgument {}

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Lists runs, newest first, or one run with its executions.",
        discussion: """
            Examples:
              runledger runs --status failed --since 24h
              runledger runs 7f3c…
            """)

    @Argument(help: "A run; without it, runs are listed.")
    var runID: String?

    @Option(help: "Only runs that are running, failed, completed or idle.")
    var status: RunSummary.Status?

    @Option(help: "Only runs in which this node took part.")
    var node: String?

    @Option(help: "Only runs with an event at or after this time: \(TimeArgument.help)")
    var since: TimeArgument?

    @Option(help: "Only runs with an event before this time.")
    var until: TimeArgument?

    @Option(help: "How many runs at most.")
    var limit = 20

    @Option(help: "table, json, ndjson or csv.")
    var format: OutputFormat = .table

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be 1 to 10000.") }
    }

    func run() async throws {
        try await interruptibly {
            try await database.withDatabase { database in
                try await EventRepository.withRepository(database, logger: .stderr) { repository in
                    if let runID { try await show(runID, repository) } else { try await list(repository) }
                }
            }
        }
    }

    private func list(_ repository: EventRepository) async throws {
        let filter = RunFilter(
            status: status, node: node.map(Node.init(rawValue:)), since: since?.timestamp, until: until?.timestamp)
        let page = try await repository.runs(filter, limit: limit)
        try Listing(page.elements, envelope: "runs", nextCursor: page.nextCursor).print(as: format)
    }

    private func show(_ runID: String, _ repository: EventRepository) async throws {
        guard let summary = try await repository.run(runID) else {
            throw CommandError("There is no run `\(runID)`; `runledger runs` lists the newest.")
        }
        let executions = try await repository.executions(runID: runID)
        if format == .table { try Listing([summary], envelope: "runs").print(as: .table) }
        try Listing(executions, envelope: "executions").print(as: format)
    }
}
