import EventLedger
import Hummingbird
import LibPQ
import WorkflowEventsPostgres

/// What routes work with.
struct LedgerParts: Sendable {
    let database: LedgerDatabase
    let pool: PostgresPool
    let writer: BatchWriter
    let hub: StreamHub
    let access: AccessControl
    let telemetry: ServiceTelemetry
    let settings: ServiceSettings
}

/// Every route of the service, behind its middleware.
func ledgerRouter(_ parts: LedgerParts) -> Router<LedgerRequestContext> {
    let router = Router(context: LedgerRequestContext.self)
    let known = router.group("v1").add(middleware: Authentication(access: parts.access))
    let ingest = IngestRoute(
        writer: parts.writer, telemetry: parts.telemetry, arrivalTimeout: parts.settings.requestTimeout)
    known.post("events", use: ingest.handle)
    StreamRoutes(hub: parts.hub, access: parts.access).add(to: known)
    return router
}
