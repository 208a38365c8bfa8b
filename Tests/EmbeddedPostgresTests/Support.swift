import Foundation
import Logging
import Synchronization
import Testing

@testable import EmbeddedPostgres

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Runs `body` with a new directory that is removed afterwards, for a server that outlives a single use.
func withTemporaryDirectory<Result>(
    _ body: nonisolated(nonsending) (_ path: String) async throws -> Result
) async throws -> Result {
    let parent = ProcessInfo.processInfo.environment["RUNLEDGER_THROWAWAY_DIR"] ?? "/tmp"
    let path = parent + "/rl-test-" + String(UInt64.random(in: .min ... .max), radix: 36)
    try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// Whether the server at `connectionString` answers now.
func answers(_ connectionString: String) async throws -> Bool {
    let installation = try await PostgresInstallation.find()
    let runner = ProgramRunner(user: nil, environment: ProcessInfo.processInfo.environment)
    return try await runner.run(installation.program("psql"), ["-X", "-d", connectionString, "-c", "select 1"])
        .succeeded
}

/// The one value that `sql` answers with on the server at `connectionString`.
func query(_ sql: String, _ connectionString: String) async throws -> String {
    let installation = try await PostgresInstallation.find()
    let runner = ProgramRunner(user: nil, environment: ProcessInfo.processInfo.environment)
    let outcome = try await runner.run(
        installation.program("psql"),
        ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", connectionString, "-c", sql])
    try #require(outcome.succeeded, "\(outcome.output)")
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
}

/// Expects `sql` to answer with one value on the server at `connectionString`.
func expect(
    _ answer: String, from sql: String, on connectionString: String, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let actual = try await query(sql, connectionString)
    #expect(actual == answer, sourceLocation: sourceLocation)
}

extension EmbeddedPostgres {
    var directory: DataDirectory { DataDirectory(path: FilePath(dataDirectory)) }

    /// The cluster behind this server, for what no user of it can do.
    func cluster() throws -> Cluster {
        Cluster(
            directory: directory, owner: try ServerUser.current(environment: ProcessInfo.processInfo.environment),
            socketParent: directory.path, isDurable: false, environment: ProcessInfo.processInfo.environment,
            logger: Logger(label: "test"))
    }

    /// The server's first process, as its file has it.
    var processID: pid_t? { PostmasterFile(cluster: directory.cluster)?.processID }

    /// Whether any process of the server is alive.
    func isRunning() throws -> Bool {
        let owner = try ServerUser.current(environment: ProcessInfo.processInfo.environment)
        guard let lock = try FileLock.tryAcquire(.exclusive, at: directory.serverLock, owner: owner) else {
            return true
        }
        lock.release()
        return false
    }

    /// Where the server's socket is, if it runs.
    func socketPath() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: directory.socketLink.string)
    }

    /// Starts the server and forgets it, as a command does that is killed.
    func startAndForget() async throws {
        let cluster = try cluster()
        try cluster.directory.prepare(owner: cluster.owner)
        let installation = try await cluster.installation()
        try await cluster.initializeIfNeeded(with: installation)
        _ = try await cluster.ensureRunning(with: installation)
    }
}

/// A logger that hands each message to a closure.
struct ObservingLogHandler: LogHandler {
    let observe: @Sendable (String) -> Void
    var logLevel = Logger.Level.trace
    var metadata = Logger.Metadata()

    init(observe: @escaping @Sendable (String) -> Void) { self.observe = observe }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { observe("\(event.message)") }

    static func logger(_ observe: @escaping @Sendable (String) -> Void) -> Logger {
        Logger(label: "test") { _ in ObservingLogHandler(observe: observe) }
    }
}

/// Something that happens once and that any number of tasks wait for.
final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func send() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}
