import HTTPTypes
import Hummingbird
import LedgerAccess

/// Finds out who sends a request, or refuses it.
struct Authentication: RouterMiddleware {
    let access: AccessControl

    /// The one route that a ticket opens.
    private static let ticketPath = "/v1/stream"

    func handle(
        _ request: Request, context: LedgerRequestContext,
        next: (Request, LedgerRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if request.uri.path == Self.ticketPath, let ticket = request.uri.queryParameters["ticket"] {
            context.principal = try await access.redeem(String(ticket))
        } else {
            context.principal = try await access.principal(authorization: request.headers[.authorization])
        }
        context.record.withLock { $0.tokenName = context.principal?.name }
        return try await next(request, context)
    }
}

extension LedgerRequestContext {
    /// Who sends the request.
    ///
    /// - Throws: ``Problem`` 403 unless it may do what `scope` says.
    @discardableResult
    func require(_ scope: Scope) throws -> Principal {
        guard let principal else { throw Problem(.unauthorized, "This needs a token.") }
        guard principal.may(scope) else {
            let scopes = principal.scopes.map(\.rawValue).sorted().joined(separator: ", ")
            throw Problem(
                .forbidden, "The token \(principal.name) has the scopes \(scopes); this needs \(scope.rawValue).")
        }
        return principal
    }
}
