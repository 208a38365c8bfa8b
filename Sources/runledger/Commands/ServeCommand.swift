import ArgumentParser
import LedgerAccess
import LedgerSchema
import LedgerService
import LibPQ
import Logging
import ServiceLifecycle
import WorkflowEventsPostgres

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Takes events over HTTP, answers queries, and streams events over WebSocket and SSE.",
        usage: "runledger serve [<options>]",
        discussion: """
            Without a database of yours it starts and migrates a private one. The first start makes an administrator's \
            token and prints it once, with a request to try. An address that others can reach needs a token first: \
            runledger token create --name NAME --scope admin. Any number of these may share a database. Logs go to \
            standard error as JSON lines; SIGTERM or Ctrl-C ends it within ten seconds, after everything it took is \
            stored.
            """)

    @OptionGroup var service: ServiceOptions

    @Flag(help: "Bring the schema up to date first; a private database always is.")
    var migrate = false

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let settings = try service.serviceSettings(try await database.settings())
        let logger = Logger.service
        try await interruptibly(endingQuietly: true) {
            try await database.withDatabase(migratingAny: migrate) { database in
                let token = try await firstToken(of: database, settings)
                let service = LedgerService(database: database, settings: settings, logger: logger) { port in
                    logger.notice("listening", metadata: ["address": "http://\(settings.urlHost):\(port)"])
                    if let token { announce(token, at: "http://\(settings.urlHost):\(port)") }
                }
                try await serve(service, logger: logger)
            }
        }
    }

    /// The token made for the first start of a ledger without any; `nil` where there is one.
    private func firstToken(of database: LedgerDatabase, _ settings: ServiceSettings) async throws -> String? {
        try await withLedgerPool(database, maximumConnections: 1, logger: .stderr) { pool in
            _ = try await pool.withConnection { try await LedgerContract.check($0, schema: database.schema) }
            let tokens = TokenRepository(pool: pool)
            guard settings.adminToken == nil, try await tokens.isEmpty() else { return nil }
            guard settings.isLocal else {
                throw CommandError(
                    "\(settings.host) can be reached from other machines and the ledger has no token yet. Make one "
                        + "with: runledger token create --name NAME --scope admin; or set RUNLEDGER_ADMIN_TOKEN.")
            }
            do {
                return try await tokens.create(name: "admin", scopes: [.admin], expiresAt: nil)
            } catch {
                // Another one that started at the same time has made and printed it.
                if try await !tokens.isEmpty() { return nil }
                throw error
            }
        }
    }

    private func announce(_ token: String, at url: String) {
        let text = """
            An administrator's token, shown this once:

              \(token)

            Try it:

              curl \(url)/v1/events -H 'Authorization: Bearer \(token)' \
            -H 'Content-Type: application/json' -d '{"run_id":"r1","node":"LYRICS","phase":"start"}'


            """
        // Whoever closed standard output does not want to know it.
        try? Terminal.write(text)
    }

    /// Serves until the task is cancelled, which ends the service as a shutdown does: after everything it took is done.
    private func serve(_ service: LedgerService, logger: Logger) async throws {
        let group = ServiceGroup(services: [service], logger: logger)
        let serving = Task { try await group.run() }
        try await withTaskCancellationHandler {
            try await serving.value
        } onCancel: {
            Task { await group.triggerGracefulShutdown() }
        }
    }
}

extension ServiceSettings {
    /// Whether only this machine can reach the address.
    fileprivate var isLocal: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// The address as a URL has it.
    fileprivate var urlHost: String { host.contains(":") ? "[\(host)]" : host }
}
