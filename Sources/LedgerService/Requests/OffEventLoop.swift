import Hummingbird

/// Has requests answered where no other connection waits for it.
struct OffEventLoop: RouterMiddleware {
    func handle(
        _ request: Request, context: LedgerRequestContext,
        next: (Request, LedgerRequestContext) async throws -> Response
    ) async throws -> Response {
        try await offEventLoop { try await next(request, context) }
    }
}
