import Foundation
import NIOCore
import NIOPosix

/// A subscriber of everything that reads nothing; it connects again when it is cut off.
struct StalledClient: Sendable {
    let replicas: Replicas

    private static let receiveBufferBytes = 4096
    /// The service has cut it off by then.
    private static let limit = Duration.seconds(150)

    /// Stalls until cancelled.
    func run() async {
        var number = 0
        while !Task.isCancelled {
            try? await stall(at: replicas.ports[number % replicas.ports.count])
            number += 1
            try? await Task.sleep(for: .milliseconds(300))
        }
    }

    private func stall(at port: Int) async throws {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(Self.receiveBufferBytes))
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).get()
        let request = """
            GET /v1/stream?after=0 HTTP/1.1\r
            Host: localhost\r
            Authorization: Bearer \(Replicas.token)\r
            Accept: text/event-stream\r
            \r

            """
        try await channel.writeAndFlush(ByteBuffer(string: request))
        let deadline = ContinuousClock.now + Self.limit
        while channel.isActive, ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(200))) != nil else { break }
        }
        try await channel.close()
    }
}
