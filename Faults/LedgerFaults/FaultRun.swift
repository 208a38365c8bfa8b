import EmbeddedPostgres
import Foundation
import LedgerSchema
import LibPQ
import WorkflowEventsPostgres

/// Builds a world, has it live through a schedule of faults, heals it, and looks at what came of it.
struct FaultRun: Sendable {
    let seed: UInt64
    let duration: Duration
    let runledger: String
    let details: Details

    private static let spoolMegabytes = 6

    func run() async throws -> Verdict {
        // Short, for the sockets in it.
        let directory = "/tmp/rl-faults-" + String(UInt32.random(in: .min ... .max), radix: 36)
        let spoolDisk = await SmallDisk.mount(at: directory + "/spool", megabytes: Self.spoolMegabytes)
        let serverDisk = await SmallDisk.mount(at: directory + "/server", megabytes: serverMegabytes)
        let verdict: Result<Verdict, any Error>
        do {
            verdict = .success(try await run(in: directory, spoolDisk: spoolDisk, serverDisk: serverDisk))
        } catch {
            verdict = .failure(error)
        }
        // Also in a task that was cancelled.
        await Task {
            await spoolDisk?.unmount()
            await serverDisk?.unmount()
        }.value
        try? FileManager.default.removeItem(atPath: directory)
        return try verdict.get()
    }

    /// Room for what is written in the time, and for PostgreSQL's own files.
    private var serverMegabytes: Int { min(700 + Int(duration / .seconds(60)) * 100, 6000) }

    private func run(in directory: String, spoolDisk: SmallDisk?, serverDisk: SmallDisk?) async throws -> Verdict {
        let clocks = try await SteppedClocks.make(in: directory + "/clocks", replicas: WorldBuilder.replicaCount)
        var environment = ProcessInfo.processInfo.environment
        if let clocks { environment["LD_PRELOAD"] = clocks.server.preload }
        let server = EmbeddedPostgres.throwaway(in: serverDisk?.path, environment: environment, logger: World.logger)
        return try await server.withServer(isWatched: true) { url in
            let ledger = LedgerDatabase(url: url, applicationName: "ledger-faults")
            let socket = try await Self.prepare(ledger)
            let proxies = try ["r", "s"].map { try FaultyProxy(directory: "\(directory)/\($0)", server: socket) }
            defer { for proxy in proxies { proxy.stop() } }
            for proxy in proxies { try proxy.start() }
            let world = try WorldBuilder(
                seed: seed, runledger: runledger, details: details, ledger: ledger,
                dataDirectory: server.dataDirectory, proxies: proxies, spoolDisk: spoolDisk, serverDisk: serverDisk,
                clocks: clocks
            ).build()
            defer { details.keep(server.dataDirectory + "/postgres.log", as: "postgres.log") }
            return try await FaultStory(world: world, duration: duration).run()
        }
    }

    /// Migrates the ledger; the path of the server's socket.
    private static func prepare(_ ledger: LedgerDatabase) async throws -> String {
        _ = try await Migrator(ledger.configuration, schema: ledger.schema, logger: World.logger).up()
        return try await PostgresConnection.withConnection(ledger.configuration, logger: World.logger) { connection in
            // The disk may be small.
            try await connection.execute(script: "alter system set max_wal_size = '192MB'")
            return try await connection.query(
                """
                select split_part(current_setting('unix_socket_directories'), ',', 1) || '/.s.PGSQL.'
                    || current_setting('port'), pg_reload_conf()
                """)[0].decode(String.self)
        }
    }
}
