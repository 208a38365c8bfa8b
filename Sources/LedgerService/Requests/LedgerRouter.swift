import EventLedger
import Hummingbird
import LedgerReporting
import LedgerScheduler
import LibPQ
import Logging
import WorkflowEventsPostgres

/// What routes work with.
struct LedgerParts: Sendable {
    let database: LedgerDatabase
    /// For what is written, streamed and looked up.
    let pool: PostgresPool
    /// For what clients ask.
    let queryPool: PostgresPool
    let writer: BatchWriter
    let rollups: RollupUpkeep
    let hub: StreamHub
    let access: AccessControl
    let catalogue: ReportCatalogue
    let bodyMemory: BodyMemory
    let connections: ConnectionCount
    let telemetry: ServiceTelemetry
    let settings: ServiceSettings
    let logger: Logger
}

/// Every route of the service, behind its middleware.
func ledgerRouter(_ parts: LedgerParts) -> Router<LedgerRequestContext> {
    let router = Router(context: LedgerRequestContext.self, options: .autoGenerateHeadEndpoints)
    let table = RouteTable()
    router.add(
        middleware: RequestEnvelope(
            routes: table, telemetry: parts.telemetry, queryTimeout: parts.settings.queryTimeout, logger: parts.logger))
    let known = router.group().add(middleware: Authentication(access: parts.access))
    let api = known.group("v1")
    IngestRoute(
        writer: parts.writer, telemetry: parts.telemetry, logger: parts.logger, memory: parts.bodyMemory
    ).add(to: api)
    // Answers may be long, and take their time to make.
    let answering = api.group().add(middleware: OffEventLoop())
    QueryRoutes(repository: EventRepository(pool: parts.queryPool, writer: parts.writer)).add(to: answering)
    StreamRoutes(hub: parts.hub, access: parts.access).add(to: api)
    ReportRoutes(
        catalogue: parts.catalogue, runner: ReportRunner(pool: parts.queryPool),
        desk: ReportDesk(maximumCount: max(1, parts.settings.queryConnections / 2))
    ).add(to: answering)
    ReportExecutionRoutes(repository: ExecutionRepository(pool: parts.queryPool)).add(to: answering)
    OperationsRoutes(parts: parts).add(to: router, known: known)
    table.learn(router)
    return router
}
