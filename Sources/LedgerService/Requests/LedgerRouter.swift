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
    let settings: ServiceSettings
}

/// Every route of the service, behind its middleware.
func ledgerRouter(_ parts: LedgerParts) -> Router<LedgerRequestContext> {
    let router = Router(context: LedgerRequestContext.self)
    StreamRoutes(hub: parts.hub, access: parts.access).add(to: router.group("v1"))
    return router
}
