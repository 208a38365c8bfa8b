import Foundation
import Logging

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// One PostgreSQL cluster: its files, its server, and the programs that make and run both. Whoever calls it holds the
/// start lock.
struct Cluster: Sendable {
    /// The superuser and the database that a new cluster has.
    static let name = "runledger"

    let directory: DataDirectory
    let owner: ServerUser
    /// Where the socket's directory is made.
    let socketParent: FilePath
    let isDurable: Bool
    let environment: [String: String]
    let logger: Logger

    var runner: ProgramRunner { ProgramRunner(user: owner, environment: environment) }

    /// The installed PostgreSQL that can run this cluster: of the version that wrote the data, if there are any.
    func installation() async throws -> PostgresInstallation {
        guard let version = majorVersion() else { return try await PostgresInstallation.find(environment: environment) }
        do {
            return try await PostgresInstallation.find(majorVersion: version, environment: environment)
        } catch let error as EmbeddedPostgresError where error.code == .programsNotFound {
            throw EmbeddedPostgresError(
                code: .versionMismatch,
                message: "the data in \(directory.path) were written by PostgreSQL \(version), which is not installed "
                    + "here; install it, or take the data over with pg_upgrade or pg_dump (\(error.message))")
        }
    }

    /// Checks that the server's user, where root becomes another, can work in the data directory.
    func checkOwnerReachesDirectory() async throws {
        guard owner.isAnother else { return }
        let outcome = try await runner.run(shell: #"cd "$1" && touch ."#, [directory.path.string])
        guard outcome.succeeded else {
            throw EmbeddedPostgresError(
                code: .dataDirectoryUnusable,
                message: "\(owner.name), who would run PostgreSQL for root, cannot enter and write \(directory.path); "
                    + "set RUNLEDGER_DATA_DIR to a directory that user can reach (\(outcome.firstLine))")
        }
    }

    /// Removes the data directory with everything in it.
    func remove() async throws {
        _ = try await runner.run("/bin/rm", ["-rf", directory.path.string])
        // Where the directory above is not that user's, the last step is left to this process.
        rmdir(directory.path.string)
    }

    /// Creates the cluster, with its database, if there is none yet.
    func initializeIfNeeded(with installation: PostgresInstallation) async throws {
        guard majorVersion() == nil else { return }
        logger.log(
            level: isDurable ? .notice : .debug, "creating a PostgreSQL cluster",
            metadata: ["directory": "\(directory.path)", "version": "\(installation.majorVersion)"])
        try await require(
            runner.run("/bin/rm", ["-rf", directory.unfinishedCluster.string]),
            "could not remove the unfinished cluster \(directory.unfinishedCluster)")
        try await runInitdb(installation)
        // Root writes nothing itself in a directory of another user, who might have put a link there.
        try await require(
            runner.run(
                shell: #"printf '%s' "$2" >>"$1""#,
                [directory.unfinishedCluster.appending("postgresql.conf").string, Self.configuration]),
            "could not write the configuration of the new cluster")
        try await require(
            runner.run(
                shell: #"printf '%s\n' "$3" | "$1" --single -D "$2" -c exit_on_error=true postgres"#,
                [
                    installation.program("postgres").string, directory.unfinishedCluster.string,
                    "CREATE DATABASE \(Self.name);",
                ]),
            "could not create the database of the new cluster")
        try publish()
    }

    /// The version of PostgreSQL that wrote the data; `nil` if there are none.
    private func majorVersion() -> Int? {
        let file = directory.cluster.appending("PG_VERSION").string
        let text = try? String(contentsOfFile: file, encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    private func runInitdb(_ installation: PostgresInstallation) async throws {
        var arguments = [
            "-D", directory.unfinishedCluster.string, "--username", Self.name, "--auth", "trust", "--encoding", "UTF8",
            "--data-checksums",
        ]
        if !isDurable { arguments.append("--no-sync") }
        // Upper and lower case of all letters with an order that no library update changes; plain C, the last resort,
        // knows the case of ASCII alone.
        var locales = [["--locale", "C.UTF-8"], ["--locale", "C"]]
        if installation.majorVersion >= 17 {
            locales.insert(["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"], at: 0)
        }
        var outcome = ProgramRunner.Outcome(succeeded: false, output: "")
        for locale in locales {
            outcome = try await runner.run(installation.program("initdb"), arguments + locale)
            if outcome.succeeded || !outcome.output.contains("locale") { break }
        }
        try require(outcome, "could not create a PostgreSQL cluster in \(directory.path)")
    }

    /// Gives the finished cluster its name, so that one cut short by a crash is never mistaken for a whole one.
    private func publish() throws {
        guard rename(directory.unfinishedCluster.string, directory.cluster.string) == 0 else {
            throw EmbeddedPostgresError.file("create", directory.cluster.string, errorNumber: errno)
        }
        let parent = open(directory.path.string, O_RDONLY | O_CLOEXEC)
        guard parent >= 0 else { return }
        fsync(parent)
        close(parent)
    }

    private func require(_ outcome: ProgramRunner.Outcome, _ summary: String) throws {
        if outcome.succeeded { return }
        throw EmbeddedPostgresError.program(
            .initializationFailed, summary, output: outcome.output, path: directory.path.string)
    }

    /// What differs from PostgreSQL's defaults; the user may edit it in the cluster's `postgresql.conf`.
    private static let configuration = """

        # Set by runledger for a private server on a workstation.
        shared_buffers = 256MB
        max_wal_size = 4GB
        # A query over every partition of a ledger locks them all, with their indexes.
        max_locks_per_transaction = 256
        timezone = 'UTC'
        log_timezone = 'UTC'
        log_line_prefix = '%m [%p] '

        """
}
