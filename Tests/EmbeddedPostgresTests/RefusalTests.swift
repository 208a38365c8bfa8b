import Foundation
import Testing

@testable import EmbeddedPostgres

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

@Suite("A private PostgreSQL that cannot start says why")
struct RefusalTests {
    private func refusal(_ server: EmbeddedPostgres) async -> EmbeddedPostgresError? {
        await #expect(throws: EmbeddedPostgresError.self) {
            try await server.withServer { _ in Issue.record("it started") }
        }
    }

    @Test("A directory that cannot be written is named with the way out")
    func unusableDirectory() async throws {
        try await withTemporaryDirectory { parent in
            // For an ordinary user it is read-only; for root, the server's user cannot enter it.
            chmod(parent, geteuid() == 0 ? 0o700 : 0o500)
            let error = await refusal(EmbeddedPostgres(dataDirectory: parent + "/data"))
            #expect(error?.code == .dataDirectoryUnusable)
            #expect(error?.message.contains(parent + "/data") == true)
            #expect(error?.message.contains("RUNLEDGER_DATA_DIR") == true)
        }
    }

    @Test("Somebody else's directory is not taken")
    func foreignDirectory() async {
        let error = await refusal(EmbeddedPostgres(dataDirectory: "/usr"))
        #expect(error?.code == .dataDirectoryNotOwned)
    }

    @Test("A file in the directory's place is refused")
    func fileInPlace() async throws {
        try await withTemporaryDirectory { parent in
            try Data().write(to: URL(filePath: parent + "/data"))
            let error = await refusal(EmbeddedPostgres(dataDirectory: parent + "/data"))
            #expect(error?.code == .dataDirectoryUnusable)
            #expect(error?.message.contains("Not a directory") == true)
        }
    }

    @Test("Missing programs are told with how to install them")
    func missingPrograms() async {
        var environment = ProcessInfo.processInfo.environment
        environment["RUNLEDGER_POSTGRES_BIN"] = "/nowhere"
        let error = await refusal(EmbeddedPostgres.throwaway(environment: environment))
        #expect(error?.code == .programsNotFound)
        #expect(error?.message.contains("/nowhere") == true)
    }

    @Test("Data of a PostgreSQL that is not installed are left alone")
    func otherVersion() async throws {
        let server = EmbeddedPostgres.throwaway()
        defer { try? FileManager.default.removeItem(atPath: server.dataDirectory) }
        try server.directory.prepare(owner: server.cluster().owner)
        try FileManager.default.createDirectory(
            atPath: server.directory.cluster.string, withIntermediateDirectories: false)
        try "99\n".write(
            toFile: server.directory.cluster.appending("PG_VERSION").string, atomically: false, encoding: .utf8)
        let error = await refusal(server)
        #expect(error?.code == .versionMismatch)
        #expect(error?.message.contains("99") == true)
    }

    @Test("A socket's path that would be too long is refused")
    func longSocketPath() throws {
        let server = EmbeddedPostgres.throwaway(in: "/tmp/" + String(repeating: "x", count: 90))
        let error = #expect(throws: EmbeddedPostgresError.self) {
            try SocketDirectory(
                creatingIn: server.directory.path, link: server.directory.socketLink, owner: server.cluster().owner)
        }
        #expect(error?.code == .socketPathTooLong)
    }

    @Test("A root without an ordinary user to become is told so", .enabled(if: geteuid() == 0))
    func noServerUser() async {
        var environment = ProcessInfo.processInfo.environment
        environment["RUNLEDGER_POSTGRES_USER"] = "root"
        let error = await refusal(EmbeddedPostgres.throwaway(environment: environment))
        #expect(error?.code == .serverUserNotFound)
    }

    @Test("A broken configuration is told by the server's own words")
    func brokenConfiguration() async throws {
        try await withTemporaryDirectory { path in
            let server = EmbeddedPostgres(dataDirectory: path)
            try await server.withServer { _ in }
            let file = server.directory.cluster.appending("postgresql.conf").string
            try "nonsense = on\n".write(toFile: file, atomically: false, encoding: .utf8)
            let error = await refusal(server)
            #expect(error?.code == .startFailed)
            #expect(error?.message.contains("contains errors") == true)
            #expect(throws: (any Error).self) { try server.socketPath() }
        }
    }

    @Test("A full disk is told as such")
    func fullDisk() {
        let error = EmbeddedPostgresError.program(
            .initializationFailed, "no cluster",
            output: "initdb: error: could not write to file \"x\": No space left on device\n", path: "/data")
        #expect(error.code == .diskFull)
    }
}
