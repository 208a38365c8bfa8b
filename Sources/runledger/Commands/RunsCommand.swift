public import ArgumentParser
import LedgerReporting
import Logging
import WorkflowEvents
public import WorkflowEventsPostgres

extension RunSummary.Status: ExpressibleByArgument {}

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Lists runs, newest first, or one run with its executions.",
        usage: "runledger runs [<run-id>] [<options>]",
        discussion: """
            Examples:
              runledger runs --status failed --since 24h
              runledger runs 7f3c…
            """)

    @Argument(help: "A run; without it, runs are listed.")
    var runID: String?

    @Option(help: ArgumentHelp("Only runs of this status.", valueName: "status"))
    var status: RunSummary.Status?

    @Option(help: ArgumentHelp("Only runs in which this node took part.", valueName: "name"))
    var node: String?

    @Option(
        help: ArgumentHelp("Only runs with an event at or after this time: \(TimeArgument.help)", valueName: "time"))
    var since: TimeArgument?

    @Option(help: ArgumentHelp("Only runs with an event before this time.", valueName: "time"))
    var until: TimeArgument?

    @Option(help: ArgumentHelp("How many runs at most.", valueName: "count"))
    var limit = 20

    @Option(help: "How to print them.")
    var format: OutputFormat = .table

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be 1 to 10000.") }
        if runID != nil, status != nil || node != nil || since != nil || until != nil {
            throw ValidationError("One run is shown whole; leave --status, --node, --since and --until out.")
        }
    }

    func run() async throws {
        try await interruptibly {
            try await database.withRepository { _, repository in
                if let runID { try await show(runID, repository) } else { try await list(repository) }
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
        let executions = Listing(try await repository.executions(runID: runID), envelope: "executions")
        switch format {
        case .table:
            try Listing([summary], envelope: "runs").print(as: .table)
            try Terminal.write("\n")
            try executions.print(as: .table)
        case .json: try Terminal.write(data: executions.json(of: summary) + [UInt8(ascii: "\n")])
        case .ndjson, .csv: try executions.print(as: format)
        }
    }
}
