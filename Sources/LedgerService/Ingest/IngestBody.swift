import HTTPTypes
import Hummingbird
import LedgerGzip
import NIOCore
import WorkflowEvents

/// The body of a request, read within its limits.
enum IngestBody {
    /// Reads the body of `request`, decompressed.
    ///
    /// - Throws: ``Problem``: 413 over the limit, 415 for another encoding than gzip, 400 for damaged data, 408 where it
    ///   does not arrive within `timeout`.
    static func read(_ request: Request, timeout: Duration) async throws -> ByteBuffer {
        let maximum = EventLimits.maximumRequestBytes
        if let length = request.headers[.contentLength].flatMap(Int.init), length > maximum { throw tooLarge }
        let encoding = request.headers[.contentEncoding]?.lowercased() ?? "identity"
        guard encoding == "gzip" || encoding == "identity" else {
            throw Problem(.unsupportedMediaType, "Content-Encoding may be gzip or left out.")
        }
        var body = ByteBuffer()
        let deadline = ContinuousClock.now + timeout
        for try await chunk in request.body {
            guard body.readableBytes + chunk.readableBytes <= maximum else { throw tooLarge }
            // Whoever sends a byte now and then never becomes idle.
            guard ContinuousClock.now < deadline else {
                throw Problem(.requestTimeout, "The request took too long to arrive.")
            }
            if body.readableBytes == 0 { body = chunk } else { body.writeImmutableBuffer(chunk) }
        }
        return encoding == "gzip" ? try inflated(body, maximum: maximum) : body
    }

    /// So much is decompressed before the size is looked at: at most a thousand times as much comes of it.
    private static let stepBytes = 4096

    private static func inflated(_ body: ByteBuffer, maximum: Int) throws -> ByteBuffer {
        let inflater = try GzipInflater()
        var rest = body
        var content: [UInt8] = []
        while let step = rest.readBytes(length: min(stepBytes, rest.readableBytes)), !step.isEmpty {
            do throws(GzipInflater.Damage) {
                try inflater.inflate(step, into: &content)
            } catch {
                throw Problem(.badRequest, "The body is no gzip data.")
            }
            guard content.count <= maximum else { throw tooLarge }
        }
        guard inflater.isComplete else { throw Problem(.badRequest, "The body ends in the middle of its gzip data.") }
        return ByteBuffer(bytes: content)
    }

    private static let tooLarge = Problem(
        .contentTooLarge,
        "A request has at most \(EventLimits.maximumRequestBytes >> 20) MiB; send the events in several.")
}
