import Foundation
import LibPQ
import Subprocess
import Testing

/// A PostgreSQL of its own that asks for a password and speaks TLS over TCP, which the shared test server does not.
struct SecureServer {
    static let password = "s3cr3t/p@ss"
    /// The authority that vouches for the server, and one that does not.
    let rootCertificate: String
    let otherCertificate: String
    let port: Int

    /// Whether the server was built to speak TLS, which not everybody does who packs PostgreSQL.
    static func isAvailable() async throws -> Bool {
        // "--with-openssl" or "--with-ssl=openssl"
        try await ServerDirectory.run(["\(ServerDirectory.binaries())/pg_config", "--configure"]).contains("openssl")
    }

    /// Runs `body` while the server runs.
    static func withServer(_ body: (SecureServer) async throws -> Void) async throws {
        let directory = try await ServerDirectory()
        defer { directory.remove() }
        try await directory.createCluster(password: password)
        try await directory.createCertificates()
        let port = try await directory.start()
        let server = SecureServer(
            rootCertificate: directory.path("ca.crt"), otherCertificate: directory.path("other.crt"), port: port)
        do {
            try await body(server)
        } catch {
            try await directory.stop()
            throw error
        }
        try await directory.stop()
    }

    /// Keywords that reach the server by the name its certificate has, or by another.
    func connectionString(host: String = "localhost", password: String = password, _ more: String = "") -> String {
        "host=\(host) hostaddr=127.0.0.1 port=\(port) dbname=postgres user=owner password=\(password) \(more)"
    }

    /// The same as a URI; the password must be encoded.
    func uri(encodedPassword: String) -> String {
        "postgresql://owner:\(encodedPassword)@localhost:\(port)/postgres?hostaddr=127.0.0.1"
    }
}

/// Where the server's files are, and the programs that work on them.
private struct ServerDirectory {
    private let root: String
    private let binaries: String
    /// PostgreSQL does not run as root.
    private let user: String?

    init() async throws {
        let environment = ProcessInfo.processInfo.environment
        user = getuid() == 0 ? environment["RUNLEDGER_POSTGRES_USER"] ?? "postgres" : nil
        let parent = environment["RUNLEDGER_THROWAWAY_DIR"] ?? "/tmp"
        root = "\(parent)/rl-tls-\(UInt32.random(in: 1...UInt32.max))"
        binaries = try await Self.binaries()
        var attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        if let user { attributes[.ownerAccountName] = user }
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try FileManager.default.setAttributes(attributes, ofItemAtPath: root)
    }

    /// The directory of the server's programs.
    static func binaries() async throws -> String {
        if let named = ProcessInfo.processInfo.environment["RUNLEDGER_POSTGRES_BIN"] { return named }
        return try await run(["pg_config", "--bindir"]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: root)
    }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func createCluster(password: String) async throws {
        try Data(password.utf8).write(to: URL(fileURLWithPath: path("password")))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path("password"))
        try await run(
            "\(binaries)/initdb", "-D", path("data"), "-U", "owner", "-E", "UTF8", "--no-locale", "--no-sync",
            "--auth=scram-sha-256", "--pwfile=\(path("password"))")
    }

    func createCertificates() async throws {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        for name in ["ca", "other"] {
            try await openssl(
                ["req", "-x509"] + key
                    + ["-keyout", path("\(name).key"), "-out", path("\(name).crt"), "-subj", "/CN=\(name)"])
        }
        try await openssl(
            ["req"] + key + ["-keyout", path("server.key"), "-out", path("server.csr"), "-subj", "/CN=localhost"])
        try await run("/bin/sh", "-c", "echo subjectAltName=DNS:localhost > \(path("san"))")
        try await openssl([
            "x509", "-req", "-in", path("server.csr"), "-CA", path("ca.crt"), "-CAkey", path("ca.key"),
            "-CAcreateserial", "-extfile", path("san"), "-out", path("server.crt"),
        ])
        try await run("/bin/chmod", "600", path("server.key"))
    }

    /// Returns the port it listens on.
    func start() async throws -> Int {
        let port = try unusedPort()
        let options = [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(root)", "fsync=off", "ssl=on",
            "ssl_cert_file=\(path("server.crt"))", "ssl_key_file=\(path("server.key"))",
        ]
        try await run(
            "\(binaries)/pg_ctl", "start", "-w", "-D", path("data"), "-l", path("log"), "-o",
            options.map { "-c \($0)" }.joined(separator: " "))
        return port
    }

    func stop() async throws {
        try await run("\(binaries)/pg_ctl", "stop", "-w", "-m", "immediate", "-D", path("data"))
    }

    private func openssl(_ arguments: [String]) async throws {
        try await run(["openssl"] + arguments)
    }

    private func run(_ command: String...) async throws {
        try await run(command)
    }

    /// Runs a program as the user who runs the server, in a directory that user can enter.
    private func run(_ command: [String]) async throws {
        try await Self.run((user.map { ["runuser", "-u", $0, "--"] } ?? []) + command)
    }

    @discardableResult
    static func run(_ command: [String]) async throws -> String {
        let result = try await Subprocess.run(
            .name("sh"), arguments: Arguments(["-c", #"cd / && exec "$@""#, "sh"] + command),
            output: .string(limit: 1 << 16), error: .combinedWithOutput)
        let output = result.standardOutput
        try #require(result.terminationStatus.isSuccess, "\(command.joined(separator: " ")): \(output)")
        return output
    }
}
