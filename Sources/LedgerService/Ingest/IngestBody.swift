import HTTPTypes
import Hummingbird
import LedgerGzip
import NIOCore
import WorkflowEvents

/// The body of a request, read within its limits.
enum IngestBody {
    /// Reads the body of `request`, decompressed, into room that `share` takes.
    ///
    /// - Throws: ``Problem``: 413 over the limit, 415 for another encoding than gzip, 400 for damaged data, 503 where
    ///   there is no room for it; ``RequestOverdue`` where it does not arrive in time.
    static func read(_ request: Request, _ share: inout BodyMemory.Share) async throws -> ByteBuffer {
        let maximum = EventLimits.maximumRequestBytes
        if let length = request.headers[.contentLength].flatMap(Int.init) {
            if length > maximum { throw tooLarge }
            try share.expect(length)
        }
        let encoding = request.headers[.contentEncoding]?.lowercased() ?? "identity"
        guard encoding == "gzip" || encoding == "identity" else {
            throw Problem(.unsupportedMediaType, "Content-Encoding may be gzip or left out.")
        }
        var body = ByteBuffer()
        for try await chunk in request.body {
            guard body.readableBytes + chunk.readableBytes <= maximum else { throw tooLarge }
            try share.take(chunk.readableBytes)
            if body.readableBytes == 0 { body = chunk } else { body.writeImmutableBuffer(chunk) }
        }
        guard encoding == "gzip" else { return body }
        return try await offEventLoop { try inflated(body, maximum: maximum, &share) }
    }

    /// So much is decompressed before the size is looked at: at most a thousand times as much comes of it.
    private static let stepBytes = 4096

    private static func inflated(
        _ body: ByteBuffer, maximum: Int, _ share: inout BodyMemory.Share
    ) throws -> ByteBuffer {
        let inflater = try GzipInflater()
        var rest = body
        var content: [UInt8] = []
        while let step = rest.readBytes(length: min(stepBytes, rest.readableBytes)), !step.isEmpty {
            let count = content.count
            do throws(GzipInflater.Damage) {
                try inflater.inflate(step, into: &content)
            } catch {
                throw Problem(.badRequest, "The body is no gzip data.")
            }
            guard content.count <= maximum else { throw tooLarge }
            try share.take(content.count - count)
        }
        guard inflater.isComplete else { throw Problem(.badRequest, "The body ends in the middle of its gzip data.") }
        return ByteBuffer(bytes: content)
    }

    private static let tooLarge = Problem(
        .contentTooLarge,
        "A request has at most \(EventLimits.maximumRequestBytes >> 20) MiB; send the events in several.")
}
