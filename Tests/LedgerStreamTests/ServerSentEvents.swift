import AsyncHTTPClient
import LedgerServiceTestSupport
import LedgerTestSupport
import NIOCore
import NIOHTTP1

extension TestService {
    /// The lines that are not empty of a stream of server-sent events, up to the one that contains `text`, or all.
    func serverSentEvents(
        _ query: String, headers: HTTPHeaders = [:], until text: String?
    ) async throws -> [String] {
        var request = HTTPClientRequest(url: url + "/v1/stream" + query)
        request.headers = ["Authorization": "Bearer \(Self.token)", "Accept": "text/event-stream"]
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let asked = request
        let (parts, part) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
        // Cancelling the task is what closes the connection at once.
        let reading = Task {
            do {
                let response = try await HTTPClient.shared.execute(asked, timeout: .seconds(60) * slowness)
                guard response.status == .ok, response.headers["Content-Type"] == ["text/event-stream"] else {
                    throw ServiceTestError("no stream: \(response.status)")
                }
                for try await bytes in response.body { part.yield(bytes) }
                part.finish()
            } catch {
                part.finish(throwing: error)
            }
        }
        defer { reading.cancel() }
        var buffer = ByteBuffer()
        for try await var bytes in parts {
            buffer.writeBuffer(&bytes)
            let soFar = String(buffer: buffer)
            if let text, soFar.contains(text), soFar.hasSuffix("\n\n") { break }
        }
        return String(buffer: buffer).split(separator: "\n").map(String.init)
    }
}
