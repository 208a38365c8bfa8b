import LibPQ
import Testing

@Suite("TLS and passwords", .enabled("PostgreSQL was built without TLS") { try await SecureServer.isAvailable() })
struct SecureServerTests {
    private func connect(_ connectionString: String) async throws -> PostgresConnection {
        try await PostgresConnection.connect(
            PostgresConfiguration(connectionString: connectionString), logger: testLogger)
    }

    @Test("verify-full accepts the server it names and no other")
    func verifyFull() async throws {
        try await SecureServer.withServer { server in
            let trusting = "sslmode=verify-full sslrootcert=\(server.rootCertificate)"
            let connection = try await connect(server.connectionString(trusting))
            let encrypted: Bool = try await connection.value(
                "select ssl from pg_stat_ssl where pid = pg_backend_pid()")
            #expect(encrypted)

            let other = try await connect(server.connectionString(trusting))
            let task = Task { try await connection.query("select pg_sleep(60)") }
            try await waitUntilActive(connection, seenFrom: other)
            task.cancel()
            let cancelled = try await postgresError { try await task.value }
            #expect(cancelled.code == .cancelled)
            let bytes = [UInt8](repeating: 7, count: 3_000_000)
            let count: Int = try await connection.value("select length(\(bytes))")
            #expect(count == bytes.count)
            let blocked = Task { try await connection.query("select pg_sleep(60)") }
            try await waitUntilActive(connection, seenFrom: other)
            connection.abort()
            let lost = try await postgresError { try await blocked.value }
            #expect(lost.code == .connectionLost)

            let misnamed = try await postgresError {
                try await connect(server.connectionString(host: "ledger.example", trusting))
            }
            #expect(misnamed.code == .connectionFailed)
            #expect(misnamed.message.contains("certificate"))
            let untrusted = try await postgresError {
                try await connect(
                    server.connectionString("sslmode=verify-full sslrootcert=\(server.otherCertificate)"))
            }
            #expect(untrusted.code == .connectionFailed)
            #expect(untrusted.message.contains("certificate"))
        }
    }

    @Test("A password appears in no error, whatever is wrong with it")
    func passwords() async throws {
        try await SecureServer.withServer { server in
            let connection = try await connect(server.uri(encodedPassword: "s3cr3t%2Fp%40ss"))
            let quoted = try await postgresError {
                try await connection.execute(script: "do $$ begin raise exception 's3cr3t/p@ss is it'; end $$")
            }
            #expect(quoted.message == "*** is it")

            for connectionString in [
                server.connectionString(password: "wr0ng"), server.uri(encodedPassword: "wr0ng"),
                server.uri(encodedPassword: "wr0ng%2Fp%40ss"),
            ] {
                let error = try await postgresError { try await connect(connectionString) }
                #expect(error.code == .connectionFailed)
                #expect(error.sqlState == .invalidPassword)
                #expect(!error.isRetryable)
                #expect(error.message.contains("user=owner"))
                #expect(!"\(error)".contains("wr0ng") && !String(reflecting: error).contains("wr0ng"))
            }
            // Not encoded, it is torn apart by libpq, which complains of the pieces.
            for password in ["wr0ng/t0rn", "wr0ng/t0rn@p1ece", "wr0ng?t0rn=p1ece"] {
                let error = try await postgresError { try await connect(server.uri(encodedPassword: password)) }
                for piece in ["wr0ng", "t0rn", "p1ece"] {
                    #expect(!String(reflecting: error).contains(piece), "\(error)")
                }
            }
        }
    }

    #if os(Linux)
        @Test("A host that does not answer is passed over for the next")
        func silentHost() async throws {
            try await SecureServer.withServer { server in
                let silent = try FullListener()
                var configuration = PostgresConfiguration(
                    connectionString: "host=127.0.0.1,127.0.0.1 port=\(silent.port),\(server.port) dbname=postgres "
                        + "user=owner password=\(SecureServer.password)")
                // The kernel looks at the limit a second after the first attempt at the earliest.
                configuration.connectTimeout = .milliseconds(1500)
                let connection = try await PostgresConnection.connect(configuration, logger: testLogger)
                #expect(connection.isUsable)
            }
        }
    #endif
}
