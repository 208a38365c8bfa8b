import ArgumentParser
import EventLedger
import LibPQ
import Logging
import WorkflowEvents
import WorkflowEventsPostgres

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Prints events as JSON lines, oldest first; with --follow, goes on as they are committed.",
        usage: "runledger events [<options>]",
        discussion: """
            Every line is an event with its position. --after continues behind a position seen before, so that a \
            reader that notes the last one misses nothing and sees nothing twice.

            Examples:
              runledger events --node LYRICS --phase fail --since 24h
              runledger events --follow --after 0 | jq .node
              RUNLEDGER_TOKEN=… runledger events --follow --url https://runledger.example.com
            """)

    @OptionGroup var filters: EventFilterOptions

    @Flag(name: .shortAndLong, help: "Keep printing events as they are committed; Ctrl-C ends.")
    var follow = false

    @Option(
        help: ArgumentHelp(
            "Only events after this position; 0 is the beginning. (default with --follow: only new ones)",
            valueName: "position"))
    var after: Int64?

    @Option(help: ArgumentHelp("By position, oldest or newest first; not with --follow.", valueName: "order"))
    var order: ListOrder = .ascending

    @Option(help: ArgumentHelp("How many events at most; not with --follow. (default: all)", valueName: "count"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Ask a service instead of a database; its token is in RUNLEDGER_TOKEN.", valueName: "url"))
    var url: String?

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if url != nil, database.databaseURL != nil || database.dataDir != nil {
            throw ValidationError("--url names a service; leave --database-url and --data-dir out.")
        }
        if follow, limit != nil || order == .descending {
            throw ValidationError("--follow goes on without end and in order; leave --limit and --order out.")
        }
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
        if let after, after < 0 { throw ValidationError("--after must be a position, 0 or greater.") }
    }

    func run() async throws {
        try await interruptibly(endingQuietly: follow) {
            if let url { return try await askService(at: url) }
            try await database.withRepository { database, repository in
                if follow {
                    try await tail(database, repository.pool)
                } else {
                    try await list(repository)
                }
            }
        }
    }

    private func askService(at url: String) async throws {
        try await ServiceClient.withClient(url) { client in
            let events = RemoteEvents(client: client, filter: filters.filter)
            if follow {
                try await events.follow(after: after)
            } else {
                try await events.list(after: after, order: order, limit: limit)
            }
        }
    }

    private func tail(_ database: LedgerDatabase, _ pool: PostgresPool) async throws {
        let head = try await Ledger(pool: pool).sequence()
        let start = after ?? head
        guard start <= head else {
            throw CommandError(
                "Position \(start) is not in this ledger, which ends at \(head); --after 0 reads all of it.")
        }
        let filter = filters.filter
        try await Tail(database: database, pool: pool, logger: .stderr).follow(after: start) { events in
            try print(events.filter { filter.matches($0.event) })
        }
    }

    private func list(_ repository: EventRepository) async throws {
        var cursor = order == .ascending ? after : nil
        var remaining = limit ?? .max
        repeat {
            let page = try await repository.events(
                filters.filter, order: order, limit: min(remaining, 1000), after: cursor)
            let wanted = page.elements.prefix { order == .ascending || $0.position > after ?? 0 }
            try print(Array(wanted))
            remaining -= page.elements.count
            cursor = wanted.count < page.elements.count ? nil : page.nextCursor
        } while cursor != nil && remaining > 0
    }

    private func print(_ events: [StoredEvent]) throws {
        var lines: [UInt8] = []
        for event in events { event.appendJSONLine(to: &lines) }
        try Terminal.write(data: lines)
    }
}
