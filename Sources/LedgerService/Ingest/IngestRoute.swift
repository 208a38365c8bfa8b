import Crypto
import HTTPTypes
import Hummingbird
import LedgerAccess
import Logging
import NIOCore
import WorkflowEvents
import WorkflowEventsPostgres

/// `POST /v1/events`: stores what a request brings, whole or not at all, and answers after the commit.
struct IngestRoute: Sendable {
    let writer: BatchWriter
    let telemetry: ServiceTelemetry
    let logger: Logger
    let memory: BodyMemory
    private let failures = FailureCount()

    init(writer: BatchWriter, telemetry: ServiceTelemetry, logger: Logger, memory: BodyMemory) {
        self.writer = writer
        self.telemetry = telemetry
        self.logger = logger
        self.memory = memory
    }

    func add(to routes: RouterGroup<LedgerRequestContext>) {
        routes.post("events", use: handle)
    }

    private func handle(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        let begin = ContinuousClock.now
        let principal = try context.require(.eventsWrite)
        _ = try QueryParameters(request, [])
        let format = try IngestFormat(request.headers)
        let key = try Self.idempotencyKey(request.headers)
        if writer.isFull { throw Self.queueFull }
        let result = try await memory.withShare { share in
            let body = try await IngestBody.read(request, &share)
            return try await offEventLoop(if: body.readableBytes > Self.shortBytes) {
                try await store(body, format, key, source: principal.name, since: begin)
            }
        }
        var headers: HTTPFields = [.contentType: "application/json"]
        if result.isReplay { headers[.idempotencyReplayed] = "true" }
        let text = "{\"accepted\":\(result.acceptedCount),\"duplicates\":\(result.duplicateCount)}\n"
        return Response(
            status: .created, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private func store(
        _ body: ByteBuffer, _ format: IngestFormat, _ key: String?, source: String,
        since begin: ContinuousClock.Instant
    ) async throws -> AppendResult {
        let events = try IngestEvents.read(body, format)
        let idempotency = key.map { key in
            IdempotencyKey(
                key: key, bodySHA256: body.withUnsafeReadableBytes { Array(SHA256.hash(data: $0)) })
        }
        do {
            let result = try await writer.append(events, source: source, policy: .whole, idempotency: idempotency)
            failures.succeeded()
            telemetry.stored(events, result, in: ContinuousClock.now - begin)
            return result
        } catch let error as WriteError {
            if let problem = Problem(error) { throw problem }
            // It may tell where the database is, which is nothing for clients.
            logger.log(
                level: failures.failed() ? .warning : .debug, "cannot store requests",
                metadata: ["reason": "\(error.message)"])
            throw Self.unavailable
        }
    }

    /// So much is read in about the time that it takes to hand it to another thread and back, some 20 µs.
    private static let shortBytes = 4 << 10

    private static let queueFull = Problem(
        .serviceUnavailable, "Too many events wait to be stored; none of these was. Send the request again later.",
        headers: [.retryAfter: "1"])

    private static let unavailable = Problem(
        .serviceUnavailable, "Nothing can be stored at present, and nothing is known to be. Send the request again.",
        headers: [.retryAfter: "1"])

    private static func idempotencyKey(_ headers: HTTPFields) throws(Problem) -> String? {
        let keys = headers[values: .idempotencyKey]
        guard let key = keys.first else { return nil }
        guard keys.count == 1 else { throw Problem(.badRequest, "Idempotency-Key is given twice.") }
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
    /// What the sender is told when a request cannot be stored as it is; `nil` where the request is not at fault.
    fileprivate init?(_ error: WriteError) {
        let errors = error.refused.prefix(Self.maximumErrorCount).map { event in
            // A detail goes on where the pointer ends.
            let name = event.pointer.dropFirst() + " "
            let detail = event.reason.hasPrefix(name) ? String(event.reason.dropFirst(name.count)) : event.reason
            return EventError(index: event.index, pointer: event.pointer, detail: detail)
        }
        switch error.code {
        case .conflict: self.init(.conflict, "\(error.message); nothing was stored.", errors: errors)
        case .refused: self.init(.unprocessableContent, "\(error.message); nothing was stored.", errors: errors)
        case .keyReused: self.init(.unprocessableContent, error.message)
        case .unavailable, .schema, .closed: return nil
        }
    }
}
