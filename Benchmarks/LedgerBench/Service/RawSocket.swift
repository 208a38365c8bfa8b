import Foundation

/// A plain TCP connection to this machine, non-blocking, so that one thread drives hundreds of them.
final class RawSocket: Sendable {
    let descriptor: Int32

    /// Connects to `port` of 127.0.0.1.
    ///
    /// - Parameter receiveBufferBytes: about how much may lie unread; `nil` for what the system thinks fit.
    init(port: Int, receiveBufferBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, RawSocket.streamType, 0)
        guard descriptor >= 0 else { throw BenchError("socket: \(String(cString: strerror(errno)))") }
        if var bytes = receiveBufferBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw BenchError("connect: \(reason)")
        }
        adopt()
    }

    /// Takes over the connected `descriptor`.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        adopt()
    }

    deinit {
        close(descriptor)
    }

    private func adopt() {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    #if canImport(Glibc)
        static let streamType = Int32(SOCK_STREAM.rawValue)
    #else
        static let streamType = SOCK_STREAM
    #endif

    /// Writes all of `bytes`, waiting where the connection is full.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno == EAGAIN {
                try wait(for: POLLOUT)
            } else if errno != EINTR {
                throw BenchError("send: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Writes all of `bytes`.
    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Reads what is there into `buffer`; 0 where nothing is.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return count }
        if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
        throw BenchError(count == 0 ? "the service closed the connection" : "recv: \(String(cString: strerror(errno)))")
    }

    /// Waits up to ten seconds until the connection can be read or written.
    func wait(for event: Int32) throws {
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        guard poll(&entry, 1, 10_000) > 0 else { throw BenchError("the service does not answer") }
    }
}

/// Calls `body` with the index of each of `sockets` that can be read, until it says that it has enough, and with `nil`
/// where none can for a moment.
///
/// - Parameter isPatient: whether to wait for more where few can be read: each look at hundreds of sockets costs as much
///   as reading some of them.
func whileReadable(_ sockets: [RawSocket], isPatient: Bool = false, _ body: (Int?) throws -> Bool) throws {
    var entries = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    var quietCount = 0
    while true {
        let count = poll(&entries, nfds_t(entries.count), 20)
        quietCount = count > 0 ? 0 : quietCount + 1
        guard quietCount < 1000 else { throw BenchError("the service does not answer") }
        if count <= 0, try !body(nil) { return }
        for index in entries.indices where entries[index].revents != 0 {
            if try !body(index) { return }
        }
        if isPatient, count < entries.count / 4 { usleep(500) }
    }
}

/// Takes away what `sockets` are sent, on two threads of its own, until each has had as many bytes as `wanted` says.
///
/// - Parameter wanted: for a socket's index; asked again and again, as it may not be known from the beginning.
func drain(_ sockets: [RawSocket], _ wanted: @escaping @Sendable (Int) -> Int) async throws {
    try await withThrowingTaskGroup { group in
        for half in 0..<2 {
            let indices = sockets.indices.filter { $0 % 2 == half }
            group.addTask {
                try await withCheckedThrowingContinuation { continuation in
                    Thread { continuation.resume(with: Result { try drain(sockets, indices, wanted) }) }.start()
                }
            }
        }
        try await group.waitForAll()
    }
}

private func drain(_ sockets: [RawSocket], _ indices: [Int], _ wanted: (Int) -> Int) throws {
    var counts = [Int](repeating: 0, count: indices.count)
    var buffer = [UInt8](repeating: 0, count: BareLoop.blockBytes)
    try whileReadable(indices.map { sockets[$0] }, isPatient: true) { place in
        if let place {
            counts[place] += try buffer.withUnsafeMutableBytes { try sockets[indices[place]].read(into: $0) }
            guard counts[place] >= wanted(indices[place]) else { return true }
        }
        return zip(counts, indices).contains { $0 < wanted($1) }
    }
}
