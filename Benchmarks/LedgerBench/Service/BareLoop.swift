import Foundation

/// Writes prebuilt bytes to a number of sockets from one thread while two read them: what fan-out could be at best.
struct BareLoop {
    let socketCount: Int
    static let blockBytes = 1 << 16
    /// What a client has not read lies in memory that all of them share.
    static let receiveBufferBytes: Int32 = 1 << 17

    /// Bytes per second over all sockets.
    func run(bytesPerSocket: Int) async throws -> Double {
        let pairs = try Self.pairs(socketCount)
        let writers = pairs.map(\.0)
        let begin = ContinuousClock.now
        async let writing: Void = Self.write(bytesPerSocket, to: writers)
        try await drain(pairs.map(\.1)) { _ in bytesPerSocket }
        try await writing
        return Double(bytesPerSocket * socketCount) / ((ContinuousClock.now - begin) / .seconds(1))
    }

    private static func write(_ count: Int, to sockets: [RawSocket]) async throws {
        let block = [UInt8](repeating: 0x61, count: blockBytes)
        var sent = 0
        while sent < count {
            let part = min(blockBytes, count - sent)
            try block.withUnsafeBytes { bytes in
                for socket in sockets { try socket.write(UnsafeRawBufferPointer(rebasing: bytes[..<part])) }
            }
            sent += part
        }
    }

    /// Connected pairs of sockets over TCP.
    private static func pairs(_ count: Int) throws -> [(RawSocket, RawSocket)] {
        let listener = socket(AF_INET, RawSocket.streamType, 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 1024) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw BenchError("listen: \(String(cString: strerror(errno)))") }
        let port = Int(UInt16(bigEndian: address.sin_port))
        return try (0..<count).map { _ in
            let client = try RawSocket(port: port, receiveBufferBytes: receiveBufferBytes)
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { throw BenchError("accept: \(String(cString: strerror(errno)))") }
            return (RawSocket(descriptor: descriptor), client)
        }
    }
}
