import Foundation
import Synchronization

/// Stands between a client and PostgreSQL on a unix socket, and breaks connections at COMMIT when told to.
final class CuttingProxy: Sendable {
    /// What happens to a connection that sends COMMIT.
    enum Cut: Sendable, CaseIterable {
        /// The server never sees the COMMIT, and that the client is gone.
        case beforeServer
        /// The server sees neither, so that the transaction stays open.
        case beforeServerUnnoticed
        /// The server commits, and its answer is lost.
        case afterServer
    }

    /// Where its socket is: libpq's `host`.
    let directory: String
    private let serverPath: String
    private let socketPath: String
    private let listener = Mutex<Int32?>(nil)
    private let cuts: Mutex<[Cut]>
    private let links = Mutex<[Link]>([])

    /// A proxy for the server with the socket `serverPath`; the first connections that send COMMIT get one of `cuts`
    /// each.
    init(server serverPath: String, cuts: [Cut] = []) throws {
        self.serverPath = serverPath
        self.cuts = Mutex(cuts)
        // Short: a socket's path takes about a hundred bytes at most.
        self.directory = "/tmp/rl-proxy-\(UUID().uuidString.prefix(8))"
        self.socketPath = directory + "/" + (serverPath as NSString).lastPathComponent
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    }

    /// How many cuts have not been made.
    var remainingCutCount: Int { cuts.withLock { $0.count } }

    /// Takes connections from now on.
    func start() throws {
        let descriptor = try UnixSocket.open(socketPath, Foundation.bind)
        guard listen(descriptor, 16) == 0 else { throw POSIXError(.EIO) }
        listener.withLock { $0 = descriptor }
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { break }
                self.link(client)
            }
            close(descriptor)
        }
    }

    /// Ends all connections and takes no more.
    func stop() {
        listener.withLock { descriptor in
            if let descriptor { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
            descriptor = nil
        }
        for link in links.withLock({ $0 }) { link.cut() }
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func link(_ client: Int32) {
        guard let server = try? UnixSocket.open(serverPath, Foundation.connect) else {
            close(client)
            return
        }
        let link = Link(client: client, server: server)
        links.withLock { $0.append(link) }
        Thread.detachNewThread { self.forwardRequests(of: link) }
        Thread.detachNewThread { self.forwardAnswers(of: link) }
    }

    private func forwardRequests(of link: Link) {
        while let bytes = UnixSocket.read(link.client) {
            if bytes == Self.commit, let cut = takeCut() {
                switch cut {
                case .beforeServer: return link.cut()
                case .beforeServerUnnoticed: return link.cutClient()
                case .afterServer: link.losesNextAnswer.store(true, ordering: .sequentiallyConsistent)
                }
            }
            guard UnixSocket.write(bytes, to: link.server) else { break }
        }
        link.cut()
    }

    private func forwardAnswers(of link: Link) {
        while let bytes = UnixSocket.read(link.server) {
            if link.losesNextAnswer.load(ordering: .sequentiallyConsistent) { break }
            guard UnixSocket.write(bytes, to: link.client) else { break }
        }
        link.cut()
    }

    private func takeCut() -> Cut? {
        cuts.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    /// The message of a simple query (PostgreSQL manual, "Message Formats").
    private static let commit = Array("Q".utf8) + [0, 0, 0, 11] + Array("COMMIT".utf8) + [0]
}

/// A client's connection and the one to the server behind it; closed when the last thread lets go of it.
private final class Link: Sendable {
    let client: Int32
    let server: Int32
    let losesNextAnswer = Atomic<Bool>(false)

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    deinit {
        close(client)
        close(server)
    }

    func cut() {
        cutClient()
        _ = shutdown(server, Int32(SHUT_RDWR))
    }

    func cutClient() {
        _ = shutdown(client, Int32(SHUT_RDWR))
    }
}

/// Blocking calls on unix sockets.
private enum UnixSocket {
    static func open(
        _ path: String, _ attach: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) throws -> Int32 {
        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            guard path.utf8.count < buffer.count else { return false }
            buffer.copyBytes(from: path.utf8)
            return true
        }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                fits ? attach(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) : -1
            }
        }
        guard status == 0 else {
            close(descriptor)
            throw POSIXError(.ECONNREFUSED)
        }
        return descriptor
    }

    /// What comes next; `nil` at the end.
    static func read(_ descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { rest in
                #if canImport(Darwin)
                    send(descriptor, rest.baseAddress, rest.count, 0)
                #else
                    send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                #endif
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
