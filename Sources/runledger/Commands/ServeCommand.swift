import ArgumentParser
import Foundation
import LedgerAccess
import LedgerReporting
import LedgerSchedules
import LedgerSchema
import LedgerService
import LibPQ
import Logging
import NIOCore
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
        let given = try await database.settings()
        let wanted = try service.serviceSettings(given)
        let reports = try service.reports.load(given)
        let schedules = try schedules(given, reports.catalogue)
        try await withBackgroundLog { log in
            let logger = Logger.service(log)
            try await serve(reports, schedules, withinFileLimit(wanted, logger), logger)
        }
    }

    private func serve(
        _ reports: ReportCatalogue.Loaded, _ schedules: [Schedule], _ settings: ServiceSettings, _ logger: Logger
    ) async throws {
        try await interruptibly(endingQuietly: true) {
            try await database.withDatabase(migratingAny: migrate, watching: true, logger: logger) { database in
                let isFirstStart = try await checkTokens(of: database, settings, logger)
                let catalogue = try await catalogue(reports, database, logger)
                let address = "http://\(settings.urlHost)"
                let service = LedgerService(
                    database: database, catalogue: catalogue, schedules: schedules, settings: settings,
                    logger: logger
                ) { port in
                    // Not before, so that a start that fails has not made a token that nobody has seen; and not after the
                    // record, whose readers make tokens themselves.
                    if isFirstStart { await introduce(database, at: "\(address):\(port)", logger) }
                    logger.notice("listening", metadata: ["address": "\(address):\(port)"])
                }
                try await serve(service, settings, logger: logger)
            }
        }
    }

    /// `settings` with as many connections of clients as files may be open, for every connection is one; has the system
    /// allow as many as it will.
    private func withinFileLimit(_ settings: ServiceSettings, _ logger: Logger) -> ServiceSettings {
        let allowed = OpenFiles.raiseLimit()
        let room = max(1, allowed - settings.reservedFileCount)
        guard room < settings.maximumConnections else { return settings }
        logger.warning(
            "fewer files may be open than connections are allowed; raise the limit (ulimit -n, LimitNOFILE)",
            metadata: [
                "allowed": "\(allowed)", "wanted": "\(settings.maximumConnections + settings.reservedFileCount)",
                "connections": "\(room)",
            ])
        var settings = settings
        settings.maximumConnections = room
        return settings
    }

    /// Those of `reports` that the database can answer; the others are told of.
    private func catalogue(
        _ reports: ReportCatalogue.Loaded, _ database: LedgerDatabase, _ logger: Logger
    ) async throws -> ReportCatalogue {
        try await withLedgerPool(database, maximumConnections: 1, logger: logger) { pool in
            let checked = try await ReportCatalogue.check(reports, by: ReportRunner(pool: pool))
            for error in checked.errors {
                logger.warning("a report is left out", metadata: ["reason": "\(error.message)"])
            }
            return checked.catalogue
        }
    }

    /// The schedules to work through; none where no file of them is named.
    private func schedules(_ given: Settings, _ catalogue: ReportCatalogue) throws -> [Schedule] {
        guard let path = service.schedules ?? given.schedulesFile else { return [] }
        return try ScheduleFile(path: path, catalogue: catalogue).schedules
    }

    /// Whether there is no token yet and one is to be made.
    ///
    /// - Throws: ``CommandError`` where the service would be open to other machines without one.
    private func checkTokens(
        of database: LedgerDatabase, _ settings: ServiceSettings, _ logger: Logger
    ) async throws -> Bool {
        try await withLedgerPool(database, maximumConnections: 1, logger: logger) { pool in
            _ = try await pool.withConnection { try await LedgerContract.check($0, schema: database.schema) }
            guard settings.adminToken == nil, try await TokenRepository(pool: pool).isEmpty() else { return false }
            guard settings.isLocal else {
                throw CommandError(
                    "\(settings.host) can be reached from other machines and the ledger has no token yet. Make one "
                        + "with: runledger token create --name NAME --scope admin; or set RUNLEDGER_ADMIN_TOKEN.")
            }
            return true
        }
    }

    /// Makes the first token of a ledger and prints it, with a request to try.
    private func introduce(_ database: LedgerDatabase, at url: String, _ logger: Logger) async {
        do {
            let token = try await withLedgerPool(database, maximumConnections: 1, logger: logger) { pool in
                try await TokenRepository(pool: pool).createFirst()
            }
            // Another one that started at the same time may have made and printed it.
            if let token { announce(token, at: url) }
        } catch {
            logger.error(
                "cannot make the first token; make one with runledger token create",
                metadata: ["reason": "\(error)"])
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
    private func serve(_ service: LedgerService, _ settings: ServiceSettings, logger: Logger) async throws {
        let group = ServiceGroup(services: [service], logger: logger)
        let serving = Task { try await group.run() }
        do {
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
        } catch {
            throw CommandError(listeningAt: settings, error) ?? error
        }
    }
}

extension CommandError {
    /// Why `settings` name nothing to listen on, where `error` says so.
    fileprivate init?(listeningAt settings: ServiceSettings, _ error: any Error) {
        let (host, port) = (settings.host, settings.port)
        switch error {
        case is SocketAddressError.UnknownHost:
            self.init("There is no address called \(host); name one of this machine's with --host.")
        case let error as IOError where error.errnoCode == EADDRINUSE:
            self.init("Port \(port) of \(host) is taken by another program; choose another with --port.")
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL:
            self.init("\(host) is no address of this machine; name one that is with --host.")
        case let error as IOError where error.errnoCode == EACCES:
            self.init("Port \(port) may not be used by this user; choose one above 1023 with --port.")
        default: return nil
        }
    }
}

extension ServiceSettings {
    /// Whether only this machine can reach the address.
    fileprivate var isLocal: Bool {
        if host == "localhost" { return true }
        switch try? SocketAddress(ipAddress: host, port: port) {
        case .v4(let address): return withUnsafeBytes(of: address.address.sin_addr) { $0[0] == 127 }
        case .v6(let address):
            let loopback = [UInt8](repeating: 0, count: 15) + [1]
            return withUnsafeBytes(of: address.address.sin6_addr) { $0.elementsEqual(loopback) }
        default: return false
        }
    }

    /// The address as a URL has it.
    fileprivate var urlHost: String { host.contains(":") ? "[\(host)]" : host }
}
