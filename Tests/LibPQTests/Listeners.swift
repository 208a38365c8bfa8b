import Foundation
import Testing

#if canImport(Glibc)
    private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
    private let streamSocket = SOCK_STREAM
#endif

/// Accepts connections on a unix socket, in the kernel's queue, and never answers.
final class SilentServer {
    private let socket: Int32
    private let directory: URL

    init() throws {
        directory = URL(fileURLWithPath: "/tmp/rl-silent-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        socket = Foundation.socket(AF_UNIX, streamSocket, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: directory.appendingPathComponent(".s.PGSQL.5432").path.utf8.prefix(path.count - 1))
        }
        let result = withSocketAddress(&address) { bind(socket, $0, $1) }
        try #require(result == 0 && listen(socket, 5) == 0)
    }

    deinit {
        close(socket)
        try? FileManager.default.removeItem(at: directory)
    }

    var connectionString: String { "host=\(directory.path) port=5432 user=u dbname=d sslmode=disable" }
}

/// A TCP port whose queue is full, so that the kernel drops whoever else wants to connect, like a host that is gone.
final class FullListener {
    private let socket: Int32
    private var clients: [Int32] = []
    let port: Int

    init() throws {
        var address = sockaddr_in()
        (socket, address) = try boundSocket()
        port = Int(UInt16(bigEndian: address.sin_port))
        try #require(listen(socket, 0) == 0)
        for _ in 0..<4 {
            let client = Foundation.socket(AF_INET, streamSocket, 0)
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            _ = withSocketAddress(&address) { connect(client, $0, $1) }
            clients.append(client)
        }
    }

    deinit {
        for descriptor in clients + [socket] { close(descriptor) }
    }
}

/// A TCP port of this machine that nobody used a moment ago.
func unusedPort() throws -> Int {
    let (socket, address) = try boundSocket()
    close(socket)
    return Int(UInt16(bigEndian: address.sin_port))
}

/// A TCP socket bound to a port of the kernel's choice, with its address.
private func boundSocket() throws -> (Int32, sockaddr_in) {
    let socket = Foundation.socket(AF_INET, streamSocket, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withSocketAddress(&address) { bind(socket, $0, $1) }
    let named = withSocketAddress(&address) { name, _ in getsockname(socket, name, &length) }
    try #require(bound == 0 && named == 0)
    return (socket, address)
}

private func withSocketAddress<Address, Value>(
    _ address: inout Address, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) throws -> Value
) rethrows -> Value {
    try withUnsafeMutablePointer(to: &address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            try body($0, socklen_t(MemoryLayout<Address>.size))
        }
    }
}
