import Foundation
import Logging

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

extension Cluster {
    /// A server that only has to finish starting, stopping or dying is given this long.
    private static let patience = Duration.seconds(30)
    /// Crash recovery takes as long as it takes; who does not want to wait cancels.
    private static let startTimeoutSeconds = 3600
    private static let stopTimeoutSeconds = 300
    /// A longer log is set aside when the server starts.
    private static let maximumLogBytes = 16 << 20

    /// Starts the server unless it runs already, and returns where its socket is.
    func ensureRunning(with installation: PostgresInstallation) async throws -> SocketDirectory {
        var deadline = ContinuousClock.now + Self.patience
        while true {
            if let lock = try FileLock.tryAcquire(.exclusive, at: directory.serverLock, owner: owner) {
                // The server holds the lock from here on; without one the lock is free again.
                defer { lock.handOver() }
                return try await start(with: installation, handing: lock)
            }
            let postmaster = PostmasterFile(cluster: directory.cluster)
            if let postmaster, postmaster.namesLiveServer(of: directory.cluster) {
                if postmaster.status == .starting { deadline = .now + Self.patience }
                if postmaster.status == .ready {
                    if let socket = socketDirectory, socket.hasSocket { return socket }
                    // Somebody cleared the socket away. Without users the server can be started afresh.
                    try await stopIfUnused(with: installation)
                }
            }
            guard .now < deadline else { throw unreachable(postmaster) }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Stops the server if nobody uses it, and removes its socket's directory; false if it is in use.
    @discardableResult
    func stopIfUnused(with installation: PostgresInstallation) async throws -> Bool {
        guard let use = try FileLock.tryAcquire(.exclusive, at: directory.useLock, owner: owner) else { return false }
        defer { use.release() }
        let deadline = ContinuousClock.now + Self.patience
        while true {
            if let lock = try FileLock.tryAcquire(.exclusive, at: directory.serverLock, owner: owner) {
                lock.release()
                socketDirectory?.remove(link: directory.socketLink)
                return true
            }
            // The server may not have come to write the file yet, or may have removed it and be about to end.
            if let postmaster = PostmasterFile(cluster: directory.cluster) {
                logger.debug("stopping PostgreSQL", metadata: ["pid": "\(postmaster.processID)"])
                _ = try await runner.run(
                    installation.program("pg_ctl"),
                    ["stop", "-D", directory.cluster.string, "-m", "fast", "-w", "-t", "\(Self.stopTimeoutSeconds)"])
            }
            guard .now < deadline else { throw unreachable(PostmasterFile(cluster: directory.cluster)) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private var socketDirectory: SocketDirectory? { SocketDirectory(link: directory.socketLink, owner: owner) }

    private func start(
        with installation: PostgresInstallation, handing lock: FileLock
    ) async throws -> SocketDirectory {
        try discardStalePostmasterFile()
        setLongLogAside()
        // After a crash the old directory serves again, for users who still know it.
        let socket =
            try socketDirectory
            ?? SocketDirectory(creatingIn: socketParent, link: directory.socketLink, owner: owner)
        socket.clear()
        var options = "-c listen_addresses= -c port=\(SocketDirectory.port) -c unix_socket_directories=\(socket.path)"
        if !isDurable { options += " -c fsync=off -c full_page_writes=off" }
        logger.debug("starting PostgreSQL", metadata: ["directory": "\(directory.path)", "socket": "\(socket.path)"])
        let logBytes = (try? FileManager.default.attributesOfItem(atPath: directory.log.string))?[.size] as? Int ?? 0
        let outcome = try await runner.run(
            installation.program("pg_ctl"),
            [
                "start", "-D", directory.cluster.string, "-l", directory.log.string, "-w",
                "-t", "\(Self.startTimeoutSeconds)", "-o", options,
            ],
            handing: lock)
        guard outcome.succeeded else {
            throw EmbeddedPostgresError.program(
                .startFailed, "PostgreSQL did not start in \(directory.path), see \(directory.log)",
                output: outcome.output + logText(from: logBytes), path: directory.path.string)
        }
        return socket
    }

    /// Removes a `postmaster.pid` whose process number now belongs to another program, which PostgreSQL cannot tell.
    private func discardStalePostmasterFile() throws {
        guard let postmaster = PostmasterFile(cluster: directory.cluster), kill(postmaster.processID, 0) == 0 else {
            return
        }
        if postmaster.namesLiveServer(of: directory.cluster) {
            throw EmbeddedPostgresError(
                code: .dataDirectoryInUse,
                message: "a PostgreSQL that runledger did not start (process \(postmaster.processID)) uses "
                    + "\(directory.cluster); stop it with pg_ctl, or name it with --database-url")
        }
        unlink(PostmasterFile.path(in: directory.cluster))
    }

    private func setLongLogAside() {
        var status = stat()
        guard stat(directory.log.string, &status) == 0, status.st_size > Self.maximumLogBytes else { return }
        rename(directory.log.string, directory.log.string + ".1")
    }

    /// What was written to the log since it was `offset` bytes long.
    private func logText(from offset: Int) -> String {
        guard let data = FileManager.default.contents(atPath: directory.log.string) else { return "" }
        return String(decoding: data.dropFirst(offset), as: UTF8.self)
    }

    private func unreachable(_ postmaster: PostmasterFile?) -> EmbeddedPostgresError {
        let process = postmaster.map { " (process \($0.processID))" } ?? ""
        return EmbeddedPostgresError(
            code: .serverUnreachable,
            message: "a PostgreSQL\(process) holds \(directory.serverLock) but cannot be reached from here or does not "
                + "end; if it is none of another container's or user's, end its processes and try again")
    }
}
