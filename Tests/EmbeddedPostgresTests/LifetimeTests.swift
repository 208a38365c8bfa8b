import Foundation
import Testing

@testable import EmbeddedPostgres

@Suite("A private PostgreSQL")
struct LifetimeTests {
    @Test("A throw-away server answers, whatever PG variables are set, and leaves nothing behind")
    func throwaway() async throws {
        var environment = ProcessInfo.processInfo.environment
        environment["PGPORT"] = "1"
        environment["PGDATA"] = "/nonsense"
        environment["PGOPTIONS"] = "-c nonsense=on"
        let server = EmbeddedPostgres.throwaway(environment: environment)
        let socket = try await server.withServer { connectionString in
            #expect(
                try await query("select current_user || '@' || current_database()", connectionString)
                    == "runledger@runledger")
            return try server.socketPath()
        }
        #expect(!FileManager.default.fileExists(atPath: socket))
        #expect(!FileManager.default.fileExists(atPath: server.dataDirectory))
    }

    @Test("Data and safe settings survive a stop, and no socket stays behind")
    func durable() async throws {
        try await withTemporaryDirectory { path in
            let server = EmbeddedPostgres(dataDirectory: path)
            let socket = try await server.withServer { connectionString in
                _ = try await query("create table t as select 42 as answer", connectionString)
                return try server.socketPath()
            }
            #expect(try !server.isRunning())
            #expect(!FileManager.default.fileExists(atPath: socket))
            try await server.withServer { connectionString in
                try await expect("42", from: "select answer from t", on: connectionString)
                let settings = """
                    select concat_ws(' ', current_setting('fsync'), current_setting('synchronous_commit'),
                        current_setting('data_checksums'), current_setting('server_encoding'),
                        current_setting('TimeZone'), 'listen=' || current_setting('listen_addresses'), lower('Ä'))
                    """
                try await expect("on on on UTF8 UTC listen= ä", from: settings, on: connectionString)
            }
        }
    }

    @Test("Two users share one server, and the last to leave stops it")
    func shared() async throws {
        let server = EmbeddedPostgres.throwaway()
        let startTime = "select pg_postmaster_start_time()"
        try await server.withServer { first in
            let started = try await query(startTime, first)
            try await server.withServer { second in
                #expect(second == first)
                try await expect(started, from: startTime, on: second)
            }
            try await expect(started, from: startTime, on: first)
        }
        #expect(!FileManager.default.fileExists(atPath: server.dataDirectory))
    }

    @Test("Many first starts at once make one cluster")
    func concurrentFirstStart() async throws {
        try await withTemporaryDirectory { path in
            let inside = Signal()
            let identifiers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        // Each a value of its own, as each command has.
                        try await EmbeddedPostgres(dataDirectory: path).withServer { connectionString in
                            let identifier = try await query(
                                "select system_identifier || ' ' || pg_postmaster_start_time() from pg_control_system()",
                                connectionString)
                            inside.send()
                            await inside.wait()
                            return identifier
                        }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(Set(identifiers.map { $0.prefix { $0 != " " } }).count == 1)
            #expect(try !EmbeddedPostgres(dataDirectory: path).isRunning())
        }
    }

    @Test("The server is out of reach of the terminal")
    func session() async throws {
        let server = EmbeddedPostgres.throwaway()
        try await server.withServer { _ in
            let postmaster = try #require(PostmasterFile(cluster: server.directory.cluster))
            #expect(postmaster.status == .ready)
            #expect(getsid(postmaster.processID) != getsid(0))
            #expect(getpgid(postmaster.processID) != getpgid(0))
        }
    }

    @Test("An error of the body is rethrown and the server is stopped")
    func bodyThrows() async throws {
        struct Oops: Error {}
        let server = EmbeddedPostgres.throwaway()
        await #expect(throws: Oops.self) {
            try await server.withServer { _ in throw Oops() }
        }
        #expect(!FileManager.default.fileExists(atPath: server.dataDirectory))
    }
}
