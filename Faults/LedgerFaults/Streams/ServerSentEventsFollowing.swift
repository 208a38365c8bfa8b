import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One connection that reads server-sent events (HTML Living Standard, section 9.2).
struct ServerSentEventsFollowing {
    let url: String
    let log: StreamLog

    func run() async throws {
        let node = log.node.map { "?node=\($0)" } ?? ""
        let position = log.position
        // The first time there is no event whose id could be named.
        let query = position == 0 ? (node.isEmpty ? "?after=0" : node + "&after=0") : node
        var request = HTTPClientRequest(url: url + "/v1/stream" + query)
        request.headers.add(name: "Authorization", value: "Bearer \(Replicas.token)")
        request.headers.add(name: "Accept", value: "text/event-stream")
        if position > 0 { request.headers.add(name: "Last-Event-ID", value: "\(position)") }
        let response = try await Replicas.client.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
            if response.status == .serviceUnavailable { return }
            throw FaultsError("the stream after \(position) was answered \(response.status.code) \(text)")
        }
        log.connected(to: url)
        var rest = ByteBuffer()
        for try await var piece in response.body {
            rest.writeBuffer(&piece)
            while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let line = rest.readSlice(length: end - rest.readerIndex) ?? ByteBuffer()
                rest.moveReaderIndex(forwardBy: 1)
                take(line.readableBytesView)
            }
            rest.discardReadBytes()
        }
    }

    private func take(_ line: ByteBufferView) {
        guard line.starts(with: Self.data) else { return }
        log.saw(line.dropFirst(Self.data.count))
    }

    private static let data = Array("data: ".utf8)
}
