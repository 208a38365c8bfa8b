import Foundation
import Testing

@testable import EmbeddedPostgres

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

@Suite("A private PostgreSQL after a fault")
struct FaultTests {
    @Test("A killed server is started again by the next user, at the same socket and with its data")
    func killedServer() async throws {
        let server = EmbeddedPostgres.throwaway()
        try await server.withServer { connectionString in
            _ = try await query("create table t as select 42 as answer", connectionString)
            let killed = try #require(PostmasterFile(cluster: server.directory.cluster))
            #expect(kill(killed.processID, SIGKILL) == 0)
            try await server.withServer { second in
                #expect(second == connectionString)
                try await expect("42", from: "select answer from t", on: second)
            }
            // Whoever was there before the crash can go on too.
            try await expect("42", from: "select answer from t", on: connectionString)
        }
        #expect(!FileManager.default.fileExists(atPath: server.dataDirectory))
    }

    @Test("A watched server that is killed runs again without another user", .timeLimit(.minutes(10)))
    func watchedServer() async throws {
        let server = EmbeddedPostgres.throwaway()
        try await server.withServer(isWatched: true) { connectionString in
            for _ in 0..<2 {
                let killed = try #require(PostmasterFile(cluster: server.directory.cluster))
                #expect(kill(killed.processID, SIGKILL) == 0)
                while try await !answers(connectionString) || server.processID == killed.processID {}
            }
        }
        #expect(!FileManager.default.fileExists(atPath: server.dataDirectory))
    }

    @Test("A command that was killed leaves the server to the next, which stops it")
    func killedUser() async throws {
        try await withTemporaryDirectory { path in
            let server = EmbeddedPostgres(dataDirectory: path)
            try await server.startAndForget()
            let left = try #require(PostmasterFile(cluster: server.directory.cluster))
            try await server.withServer { connectionString in
                #expect(PostmasterFile(cluster: server.directory.cluster)?.processID == left.processID)
                try await expect("1", from: "select 1", on: connectionString)
            }
            #expect(try !server.isRunning())
        }
    }

    @Test("A throw-away server goes with its user also if that is killed", .timeLimit(.minutes(10)))
    func killedThrowawayUser() async throws {
        let server = EmbeddedPostgres.throwaway()
        let cluster = try server.cluster()
        try cluster.directory.prepare(owner: cluster.owner)
        let guarding = try await cluster.guardThrowaway(with: cluster.installation())
        try await server.startAndForget()
        // What the system does first when it ends a process.
        try guarding.close()
        while FileManager.default.fileExists(atPath: server.dataDirectory) { await Task.yield() }
        #expect(PostmasterFile(cluster: server.directory.cluster) == nil)
    }

    @Test("A socket that was cleared away while nobody used the server is made again")
    func lostSocket() async throws {
        try await withTemporaryDirectory { path in
            let server = EmbeddedPostgres(dataDirectory: path)
            try await server.startAndForget()
            try FileManager.default.removeItem(atPath: server.socketPath())
            try await server.withServer { connectionString in
                try await expect("1", from: "select 1", on: connectionString)
            }
        }
    }

    @Test("Pid files that name another program do not prevent a start")
    func stalePidFile() async throws {
        try await withTemporaryDirectory { path in
            let server = EmbeddedPostgres(dataDirectory: path)
            try await server.withServer { _ in }
            // This process is alive, is no PostgreSQL, and works elsewhere.
            let stale = "\(getpid())\n\(server.directory.cluster)\n1\n5432\n/nowhere\n\n\nready   \n"
            try stale.write(
                toFile: PostmasterFile.path(in: server.directory.cluster), atomically: false, encoding: .utf8)
            try await server.withServer { connectionString in
                try await expect("1", from: "select 1", on: connectionString)
            }
        }
    }

    @Test("A cluster whose creation was cut short is created anew")
    func unfinishedCluster() async throws {
        let server = EmbeddedPostgres.throwaway()
        try server.directory.prepare(owner: server.cluster().owner)
        let cluster = try server.cluster()
        let remains = cluster.directory.unfinishedCluster.appending("base").string
        #expect(try await cluster.runner.run("/bin/mkdir", ["-p", remains]).succeeded)
        try await server.withServer { connectionString in
            try await expect("1", from: "select 1", on: connectionString)
        }
    }

    @Test("A server that somebody else started is neither used nor stopped")
    func foreignServer() async throws {
        try await withTemporaryDirectory { path in
            let server = EmbeddedPostgres(dataDirectory: path)
            try await server.withServer { _ in }
            let cluster = try server.cluster()
            let pgCtl = try await cluster.installation().program("pg_ctl")
            let data = cluster.directory.cluster.string
            let options = "-c listen_addresses= -c unix_socket_directories=\(data)"
            let log = cluster.directory.log.string
            #expect(
                try await cluster.runner.run(pgCtl, ["start", "-w", "-D", data, "-l", log, "-o", options]).succeeded)
            let error = await #expect(throws: EmbeddedPostgresError.self) {
                try await server.withServer { _ in }
            }
            #expect(error?.code == .dataDirectoryInUse)
            #expect(try await cluster.runner.run(pgCtl, ["status", "-D", data]).succeeded)
            #expect(try await cluster.runner.run(pgCtl, ["stop", "-w", "-D", data]).succeeded)
        }
    }

    @Test("Cancelled at any step of its start, it leaves nothing running", arguments: ["creating", "starting"])
    func cancelledStart(step: String) async throws {
        try await withTemporaryDirectory { path in
            let reached = Signal()
            let logger = ObservingLogHandler.logger { if $0.hasPrefix(step) { reached.send() } }
            let server = EmbeddedPostgres(dataDirectory: path, logger: logger)
            // Where it starts faster than it is cancelled, its body is.
            let task = Task { try await server.withServer { _ in try await Task.sleep(for: .seconds(3600)) } }
            await reached.wait()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try !server.isRunning())
            try await server.withServer { connectionString in
                try await expect("1", from: "select 1", on: connectionString)
            }
        }
    }

    @Test("Cancelled in its body, it is stopped")
    func cancelledBody() async throws {
        let server = EmbeddedPostgres.throwaway()
        let inside = Signal()
        let task = Task {
            try await server.withServer { _ in
                inside.send()
                try await Task.sleep(for: .seconds(600))
            }
        }
        await inside.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!FileManager.default.fileExists(atPath: server.dataDirectory))
    }
}
