import HTTPTypes
import Hummingbird
import LibPQ
import Logging
import NIOCore
import NIOHTTP1
import WorkflowEvents

/// What every request gets: an id, an answer whatever goes wrong, the header fields of a careful server, a log record.
struct RequestEnvelope: RouterMiddleware {
    let routes: RouteTable
    let telemetry: ServiceTelemetry
    let queryTimeout: Duration
    let logger: Logger

    private static let maximumIDLength = 128

    func handle(
        _ request: Request, context: LedgerRequestContext,
        next: (Request, LedgerRequestContext) async throws -> Response
    ) async throws -> Response {
        let begin = ContinuousClock.now
        let id = Self.id(request.headers[.requestID])
        let trace = request.headers[.traceParent].flatMap { TraceIdentifiers(traceparent: $0) }
        var response: Response
        do {
            let isHeadless = request.method == .head && !routes.methods(of: request.uri.path).contains(.head)
            if isHeadless { throw HTTPError(.notFound) }
            response = try await next(request, context)
        } catch {
            response = problem(error, request, id).response(from: request, context: context)
        }
        if request.method == .head { response = response.createHeadResponse() }
        response.headers.secure(requestID: id)
        if trace != nil { response.headers[.traceParent] = request.headers[.traceParent] }
        // Where nothing matches, the router gives a name of its own instead of a path.
        let route = context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "none"
        telemetry.answered(request.method, route, response.status)
        log(request, context, response.status, id, trace, ContinuousClock.now - begin)
        return response
    }

    /// The caller's own id, if it is one that a log can hold, else a new one.
    private static func id(_ text: String?) -> String {
        if let text, (1...maximumIDLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        {
            return text
        }
        return UUIDv7.next().text
    }

    private func problem(_ error: any Error, _ request: Request, _ id: String) -> Problem {
        switch error {
        case let problem as Problem:
            return problem
        case let error as PostgresError where error.isRetryable:
            logger.warning("the database is away", metadata: ["request_id": "\(id)", "reason": "\(error.message)"])
            return .databaseAway
        case let error as PostgresError where error.sqlState == .queryCanceled:
            return Problem(
                .serviceUnavailable,
                "The answer took longer than \(queryTimeout); ask for less, as by a shorter time "
                    + "between since and until.")
        case let error as PostgresError where error.code == .cancelled || error.code == .poolClosed:
            return .stopping
        case let error as HTTPParserError:
            return Problem(error)
        case is RequestOverdue:
            return .requestOverdue
        case is ServiceStopping, is CancellationError:
            return .stopping
        case is ChannelError, is IOError:
            return .clientGone
        case let error as HTTPError where error.status == .notFound:
            let allowed = routes.methods(of: request.uri.path).map(\.rawValue).sorted().joined(separator: ", ")
            guard !allowed.isEmpty else {
                return Problem(.notFound, "There is nothing at \(request.uri.path.prefix(200)); see /openapi.json.")
            }
            return Problem(.methodNotAllowed, "This takes \(allowed).", headers: [.allow: allowed])
        case let error as HTTPError:
            return Problem(error.status, error.body ?? "The request cannot be answered.", headers: error.headers)
        default:
            logger.error("a request failed", metadata: ["request_id": "\(id)", "error": "\(error)"])
            return Problem(.internalServerError, "Something went wrong here; the log has it under request id \(id).")
        }
    }

    private func log(
        _ request: Request, _ context: LedgerRequestContext, _ status: HTTPResponse.Status, _ id: String,
        _ trace: TraceIdentifiers?, _ duration: Duration
    ) {
        let isProbe = ["/healthz", "/readyz", "/metrics"].contains(request.uri.path)
        let level: Logger.Level = isProbe ? .debug : .info
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "method": .string(request.method.rawValue), "path": .string(request.uri.path),
            "status": .stringConvertible(status.code), "duration_us": .stringConvertible(duration / .microseconds(1)),
            "request_id": .string(id),
        ]
        if let name = context.record.withLock({ $0.tokenName }) { metadata["token"] = .string(name) }
        if let trace {
            metadata["trace_id"] = .string(trace.traceID)
            metadata["span_id"] = .string(trace.spanID)
        }
        logger.log(level: level, "request", metadata: metadata)
    }
}

extension HTTPField.Name {
    fileprivate static let traceParent = HTTPField.Name("traceparent")!
}
