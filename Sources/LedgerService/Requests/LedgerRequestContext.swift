package import Hummingbird
package import LedgerAccess
package import NIOCore

/// What a request carries through the middleware to its route.
package struct LedgerRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection that the request came over.
    package let channel: any Channel
    /// Who sends it; `nil` where no token is asked for.
    package var principal: Principal?
    /// What the log will tell of the request.
    let record = RequestRecord()

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.channel = source.channel
    }
}
