import Foundation
import Synchronization

/// Stands between clients and PostgreSQL on a unix socket, and disturbs their connections when told to.
final class FaultyProxy: Sendable {
    /// Where its socket is: libpq's `host`.
    let directory: String
    let traps = TrapBoard()
    let weather = ProxyWeather()
    private let serverPath: String
    private let socketPath: String
    private let listener = Mutex<Int32?>(nil)
    private let links = Mutex<[ObjectIdentifier: ProxyLink]>([:])

    /// A proxy in `directory` for the server with the socket `serverPath`.
    init(directory: String, server serverPath: String) throws {
        self.directory = directory
        self.serverPath = serverPath
        socketPath = directory + "/" + (serverPath as NSString).lastPathComponent
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    /// Takes connections from now on.
    func start() throws {
        let descriptor = try UnixSocket.listen(at: socketPath)
        listener.withLock { $0 = descriptor }
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { break }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                self.link(client)
            }
            close(descriptor)
        }
    }

    /// Ends all connections.
    func cut() {
        for link in links.withLock({ Array($0.values) }) { link.cut() }
    }

    /// Ends all connections and every disturbance.
    func heal() {
        traps.clear()
        weather.clear()
        cut()
    }

    /// Ends all connections and takes no more.
    func stop() {
        listener.withLock { descriptor in
            if let descriptor { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
            descriptor = nil
        }
        heal()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func link(_ client: Int32) {
        guard !weather.isRefusing, let server = try? UnixSocket.connect(to: serverPath) else {
            close(client)
            return
        }
        let link = ProxyLink(client: client, server: server, weather: weather)
        let id = ObjectIdentifier(link)
        links.withLock { $0[id] = link }
        link.start(traps) { self.links.withLock { $0[id] = nil } }
    }
}
