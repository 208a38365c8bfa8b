import Foundation
package import Logging

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A private PostgreSQL, run from the programs installed on this machine for as long as somebody uses it.
///
/// Everybody who names the same data directory shares one server: the first to come starts it, and the last to leave
/// stops it. Who is killed leaves it running for the next. The server listens on a unix socket alone, in a directory
/// that only its user can enter, in a session of its own, so that Ctrl-C in a terminal does not reach it.
package struct EmbeddedPostgres: Sendable {
    /// The directory that holds the data, the log and the locks.
    package let dataDirectory: String

    private let isThrowaway: Bool
    private let environment: [String: String]
    private let logger: Logger

    /// Names a server; nothing is started yet.
    ///
    /// - Parameters:
    ///   - dataDirectory: where the data lie, made if need be. By default what `RUNLEDGER_DATA_DIR` says, else
    ///     `runledger` below `XDG_DATA_HOME` or the user's own data directory; for root, `/var/lib/runledger`.
    ///   - environment: where the settings are read: `RUNLEDGER_DATA_DIR`, `RUNLEDGER_POSTGRES_BIN` (the directory of
    ///     PostgreSQL's programs) and `RUNLEDGER_POSTGRES_USER` (whom root becomes to run it; `postgres`).
    ///   - logger: told at `notice` when a cluster is created, at `debug` when the server starts or stops.
    package init(
        dataDirectory: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
        logger: Logger = Logger(label: "runledger.embedded-postgres")
    ) {
        self.init(
            path: dataDirectory ?? DataDirectory.standardPath(environment: environment), isThrowaway: false,
            environment: environment, logger: logger)
    }

    /// Names a new server that keeps nothing safe from a crash of the machine. It and its data go with the last use, or
    /// with this process if that is killed.
    ///
    /// - Parameter parent: where its directory is made; by default what `RUNLEDGER_THROWAWAY_DIR` says, else `/tmp`.
    package static func throwaway(
        in parent: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
        logger: Logger = Logger(label: "runledger.embedded-postgres")
    ) -> EmbeddedPostgres {
        let parent = parent ?? environment["RUNLEDGER_THROWAWAY_DIR"] ?? "/tmp"
        let name = "rl-" + String(UInt64.random(in: .min ... .max), radix: 36)
        return EmbeddedPostgres(
            path: parent + "/" + name, isThrowaway: true, environment: environment, logger: logger)
    }

    private init(path: String, isThrowaway: Bool, environment: [String: String], logger: Logger) {
        let absolute = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(path)).lexicallyNormalized()
        dataDirectory = absolute.string
        self.isThrowaway = isThrowaway
        self.environment = environment
        self.logger = logger
    }

    /// Runs `body` while the server runs, and hands it the connection string of the server's superuser.
    ///
    /// Cancellation ends the wait for a start; the server is let go in any case, also then.
    ///
    /// - Parameter isWatched: whether the server is started again within seconds where it dies meanwhile.
    /// - Throws: `EmbeddedPostgresError`, `CancellationError`, and what `body` throws.
    package nonisolated(nonsending) func withServer<Result>(
        isWatched: Bool = false,
        _ body: nonisolated(nonsending) (_ connectionString: String) async throws -> Result
    ) async throws -> Result {
        let use = try await enter()
        let watch = isWatched ? Task { await keepRunning(use) } : nil
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(use.connectionString))
        } catch {
            result = .failure(error)
        }
        watch?.cancel()
        await watch?.value
        await leave(use)
        return try result.get()
    }
}

extension EmbeddedPostgres {
    /// One user's share in the running server.
    private struct Use: Sendable {
        let cluster: Cluster
        let installation: PostgresInstallation
        let lock: FileLock
        /// Keeps a throw-away server alive while it is open.
        let guarding: FileDescriptor?
        let connectionString: String
    }

    /// How long to wait, on leaving, for others who start or stop the server.
    private static let leavePatience = Duration.seconds(30)

    private func enter() async throws -> Use {
        let owner = try ServerUser.current(environment: environment)
        let directory = DataDirectory(path: FilePath(dataDirectory))
        try directory.prepare(owner: owner)
        let cluster = Cluster(
            directory: directory, owner: owner, socketParent: isThrowaway ? directory.path : "/tmp",
            isDurable: !isThrowaway, environment: environment, logger: logger)
        do {
            return try await enter(cluster)
        } catch {
            // Nothing but the lock is in it yet if the failure came before the cluster and its guard.
            if isThrowaway, access(directory.cluster.string, F_OK) != 0 {
                unlink(directory.startLock.string)
                rmdir(directory.path.string)
            }
            throw error
        }
    }

    private func enter(_ cluster: Cluster) async throws -> Use {
        let (owner, directory) = (cluster.owner, cluster.directory)
        try await cluster.checkOwnerReachesDirectory()
        let start = try await FileLock.acquire(.exclusive, at: directory.startLock, owner: owner, logger: logger)
        defer { start?.release() }
        let installation = try await cluster.installation()
        let guarding = isThrowaway ? try await cluster.guardThrowaway(with: installation) : nil
        do {
            try await cluster.initializeIfNeeded(with: installation)
            let socket = try await cluster.ensureRunning(with: installation)
            guard let lock = try FileLock.tryAcquire(.shared, at: directory.useLock, owner: owner) else {
                throw EmbeddedPostgresError.file("share", directory.useLock.string, errorNumber: EWOULDBLOCK)
            }
            return Use(
                cluster: cluster, installation: installation, lock: lock, guarding: guarding,
                connectionString: Self.connectionString(socket))
        } catch {
            await stop(cluster, with: installation)
            try? guarding?.close()
            throw error
        }
    }

    /// How often a server is looked after.
    private static let watchInterval = Duration.seconds(1)

    /// Starts the server again whenever it has died, until cancelled.
    private func keepRunning(_ use: Use) async {
        let directory = use.cluster.directory
        while (try? await Task.sleep(for: Self.watchInterval)) != nil {
            if PostmasterFile(cluster: directory.cluster)?.namesLiveServer(of: directory.cluster) == true { continue }
            logger.warning("PostgreSQL has ended and is started again", metadata: ["log": "\(directory.log)"])
            do {
                let start = try await FileLock.acquire(
                    .exclusive, at: directory.startLock, owner: use.cluster.owner, logger: logger)
                defer { start?.release() }
                _ = try await use.cluster.ensureRunning(with: use.installation)
                logger.notice("PostgreSQL runs again")
            } catch {
                logger.error("PostgreSQL cannot be started again yet", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Gives the share up and, where it was the last, stops the server.
    private func leave(_ use: Use) async {
        // In a task of its own, because a cancelled one could neither wait nor run pg_ctl.
        await Task {
            let directory = use.cluster.directory
            let start = try? await FileLock.acquire(
                .exclusive, at: directory.startLock, owner: use.cluster.owner, deadline: .now + Self.leavePatience,
                logger: logger)
            use.lock.release()
            defer { try? use.guarding?.close() }
            guard let start else {
                logger.warning("PostgreSQL is left running, for another command is busy with it")
                return
            }
            defer { start.release() }
            await stop(use.cluster, with: use.installation)
        }.value
    }

    /// Stops the server if nobody uses it; says so if that fails, since nobody could do more about it.
    private func stop(_ cluster: Cluster, with installation: PostgresInstallation) async {
        await Task {
            do {
                let isStopped = try await cluster.stopIfUnused(with: installation)
                if isStopped, isThrowaway { try await cluster.remove() }
            } catch {
                logger.warning("could not stop PostgreSQL", metadata: ["error": "\(error)"])
            }
        }.value
    }

    private static func connectionString(_ socket: SocketDirectory) -> String {
        let host =
            socket.path.string.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? socket.path.string
        return "postgresql://\(Cluster.name)@/\(Cluster.name)?host=\(host)&port=\(SocketDirectory.port)"
    }
}
