import EventLedger
import Hummingbird
import HummingbirdCore
package import LedgerReporting
import LedgerScheduler
package import LedgerSchedules
import LedgerSchema
import LibPQ
package import Logging
import NIOCore
import ServiceLifecycle
package import WorkflowEventsPostgres

/// The HTTP service in front of one ledger: ingest, queries and streams on one port.
///
/// Any number of them may share a database. It ends when its task is cancelled or its service group shuts down: it stops
/// accepting, answers what it took, tells streams, closes them, and finishes writing.
package struct LedgerService: Service {
    private let database: LedgerDatabase
    private let catalogue: ReportCatalogue
    private let schedules: [Schedule]
    private let settings: ServiceSettings
    private let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void

    /// A service on the ledger in `database`, which must have been migrated.
    ///
    /// - Parameters:
    ///   - catalogue: the reports that it answers.
    ///   - schedules: the reports that it makes and delivers by itself, as every other service with the same schedules does.
    ///   - onRunning: called with the port once requests are taken.
    package init(
        database: LedgerDatabase, catalogue: ReportCatalogue, schedules: [Schedule] = [],
        settings: ServiceSettings = ServiceSettings(), logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.database = database
        self.catalogue = catalogue
        self.schedules = schedules
        self.settings = settings
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until shut down.
    ///
    /// - Throws: where the address is taken.
    package func run() async throws {
        let parts = makeParts()
        let unreadable = UnreadableRequests(telemetry: parts.telemetry, logger: logger)
        let requestTimeout = TimeAmount(settings.requestTimeout)
        // Its own records of a start would say again what `onRunning` is there for.
        var serverLogger = logger
        serverLogger.logLevel = max(logger.logLevel, .notice)
        let application = Application(
            router: ledgerRouter(parts),
            server: HTTPServerBuilder {
                LedgerChannel(
                    $0, requestTimeout: requestTimeout, connections: parts.connections, unreadable: unreadable)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                // Thousands of clients come back at once when a service is replaced; the system may allow fewer.
                backlog: 4096,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    settings.maximumConnections + ConnectionCount.spare)),
            onServerRunning: { [onRunning] channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: serverLogger)
        // They end one by one, the last first.
        let services: [any Service] = [
            PoolService(pool: parts.pool), PoolService(pool: parts.queryPool),
            KeyUpkeep(expiry: KeyExpiry(pool: parts.pool, logger: logger)),
            RollupService(upkeep: parts.rollups),
            SchedulerService(
                scheduler: ReportScheduler(
                    schedules, catalogue: catalogue, pool: parts.queryPool, logger: logger,
                    onOutcome: parts.telemetry.ended)),
            WriterService(writer: parts.writer), parts.hub, application, StreamEnd(hub: parts.hub),
        ]
        var configuration = ServiceGroupConfiguration(services: services, logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.shutdownTimeout
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Every route, as `GET /v1/runs/{run_id}`.
    package var routes: [String] {
        ledgerRouter(makeParts()).routes.map { "\($0.method.rawValue) \($0.path)" }
    }

    private func makeParts() -> LedgerParts {
        let pool = PostgresPool(
            configuration: database.configuration,
            maximumConnections: settings.maximumDatabaseConnections - settings.queryConnections,
            acquireTimeout: settings.databaseTimeout, logger: logger)
        var querying = database.configuration
        querying.statementTimeout = settings.queryTimeout
        let queryPool = PostgresPool(
            configuration: querying, maximumConnections: settings.queryConnections,
            acquireTimeout: settings.databaseTimeout, logger: logger)
        let hub = StreamHub(database: database, pool: pool, settings: settings, logger: logger)
        let telemetry = ServiceTelemetry()
        let rollups = RollupUpkeep(pool: pool, logger: logger)
        var writing = BatchWriter.Settings()
        writing.onCommit = { count in
            telemetry.committed(count)
            rollups.committed(count)
            hub.wake()
        }
        writing.pace = { await rollups.keepPace() }
        return LedgerParts(
            database: database, pool: pool, queryPool: queryPool,
            writer: BatchWriter(database: database, pool: pool, settings: writing, logger: logger),
            rollups: rollups, hub: hub,
            access: AccessControl(pool: pool, adminToken: settings.adminToken, logger: logger), catalogue: catalogue,
            bodyMemory: BodyMemory(capacity: settings.maximumBodyBytes),
            connections: ConnectionCount(maximum: settings.maximumConnections), telemetry: telemetry,
            settings: settings, logger: logger)
    }
}

/// Keeps the connections until everybody else has ended.
private struct PoolService: Service {
    let pool: PostgresPool

    func run() async throws {
        let upkeep = Task { try await pool.run() }
        try? await gracefulShutdown()
        await pool.close()
        upkeep.cancel()
    }
}

/// Forgets old idempotency keys as long as the service runs.
private struct KeyUpkeep: Service {
    let expiry: KeyExpiry

    func run() async throws {
        await cancelWhenGracefulShutdown { await expiry.run() }
    }
}

/// Rolls up as long as the service runs.
private struct RollupService: Service {
    let upkeep: RollupUpkeep

    func run() async throws {
        await cancelWhenGracefulShutdown { await upkeep.run() }
    }
}

/// Makes and delivers reports as long as the service runs.
private struct SchedulerService: Service {
    let scheduler: ReportScheduler

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await scheduler.run()
            // Without schedules it returns at once, which a service must not.
            try? await gracefulShutdown()
        }
    }
}

/// Writes until everything taken is stored.
private struct WriterService: Service {
    let writer: BatchWriter

    func run() async throws {
        await withGracefulShutdownHandler {
            await writer.run()
        } onGracefulShutdown: {
            writer.finish()
        }
    }
}

/// Ends the streams before the server, which waits for its connections.
private struct StreamEnd: Service {
    let hub: StreamHub

    func run() async throws {
        try? await gracefulShutdown()
        hub.beginShutdown()
    }
}
