import Hummingbird
import LedgerAccess

/// `GET /v1/stream` and `POST /v1/stream-tickets`.
struct StreamRoutes {
    let hub: StreamHub
    let access: AccessControl

    func add(to routes: RouterGroup<LedgerRequestContext>) {}
}
