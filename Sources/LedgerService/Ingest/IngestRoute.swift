import Crypto
import HTTPTypes
import Hummingbird
import LedgerAccess
import NIOCore
import WorkflowEvents
import WorkflowEventsPostgres

/// `POST /v1/events`: stores what a request brings, whole or not at all, and answers after the commit.
struct IngestRoute: Sendable {
    let writer: BatchWriter
    let telemetry: ServiceTelemetry
    let arrivalTimeout: Duration

    func add(to routes: RouterGroup<LedgerRequestContext>) {
        routes.post("events", use: handle)
    }

    private func handle(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        let begin = ContinuousClock.now
        let principal = try context.require(.eventsWrite)
        let format = try IngestFormat(request.headers)
        let key = try Self.idempotencyKey(request.headers)
        let body = try await IngestBody.read(request, timeout: arrivalTimeout)
        let events = try IngestEvents.read(body, format)
        let idempotency = key.map { key in
            IdempotencyKey(
                key: key, bodySHA256: body.withUnsafeReadableBytes { Array(SHA256.hash(data: $0)) })
        }
        let result: AppendResult
        do {
            result = try await writer.append(
                events, source: principal.name, policy: .whole, idempotency: idempotency)
        } catch let error as WriteError {
            throw Problem(error)
        }
        telemetry.stored(events, result, in: ContinuousClock.now - begin)
        var headers: HTTPFields = [.contentType: "application/json"]
        if result.isReplay { headers[.idempotencyReplayed] = "true" }
        let text = "{\"accepted\":\(result.acceptedCount),\"duplicates\":\(result.duplicateCount)}\n"
        return Response(
            status: .created, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func idempotencyKey(_ headers: HTTPFields) throws(Problem) -> String? {
        guard let key = headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw Problem(.badRequest, "Idempotency-Key must be 1 to 255 printable ASCII characters.")
        }
        return key
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
}

extension Problem {
    /// What the sender is told when a request could not be stored.
    fileprivate init(_ error: WriteError) {
        let errors = error.refused.prefix(Self.maximumErrorCount).map {
            EventError(index: $0.index, pointer: "", detail: $0.reason)
        }
        switch error.code {
        case .conflict: self.init(.conflict, "\(error.message); nothing was stored.", errors: errors)
        case .refused: self.init(.unprocessableContent, "\(error.message); nothing was stored.", errors: errors)
        case .keyReused: self.init(.unprocessableContent, error.message)
        case .unavailable, .schema, .closed:
            self.init(
                .serviceUnavailable, "Nothing is known to be stored; send the request again. \(error.message)",
                headers: [.retryAfter: "1"])
        }
    }
}
