import Testing

@testable import LibPQ

@Suite("Configuration") struct ConfigurationTests {
    @Test(
        "A description names the server and never the password",
        arguments: [
            "postgresql://ann:s3cr3t@db.example:5433/ledger?sslmode=require",
            "postgres://ann:s3cr3t@db.example:5433/ledger",
            "host=db.example port=5433 dbname=ledger user=ann password=s3cr3t",
            "host=db.example port=5433 dbname=ledger user=ann password='s3cr3t'",
            "postgresql://db.example:5433/ledger?user=ann&password=s3cr3t",
        ])
    func description(connectionString: String) {
        let configuration = PostgresConfiguration(connectionString: connectionString)
        #expect(configuration.redactedDescription == "host=db.example port=5433 dbname=ledger user=ann")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("s3cr3t"))
        }
    }

    @Test("A password that was not percent-encoded does not come out in pieces")
    func unencodedPassword() {
        for connectionString in [
            "postgresql://ann:pa/ss@wo:rd@db/ledger", "postgresql://ann:pa?ss=wo#rd@db/ledger",
            "postgresql://ann:pa@ss@wo@rd@db/ledger",
        ] {
            let description = PostgresConfiguration(connectionString: connectionString).redactedDescription
            for piece in ["pa", "ss", "wo", "rd"] {
                #expect(!description.contains("=\(piece)"), "\(description)")
            }
        }
    }

    @Test("Only the password is taken out, in whatever form it appears")
    func redactor() {
        let uri = "postgresql://ann:p%40ss@db/ledger"
        let redactor = Redactor(connectionString: uri, options: ConnectionOptions(uri), passwords: ["from a file"])
        #expect(
            redactor.redact("no p@ss, no p%40ss, nothing from a file, but db") == "no ***, no ***, nothing ***, but db")
        let empty = Redactor(connectionString: "", options: ConnectionOptions(""))
        #expect(empty.redact("untouched") == "untouched")
    }

    @Test("A password that is also the user's name leaves the messages readable")
    func unsecretPassword() {
        let uri = "postgresql://postgres:postgres@localhost:5432/postgres"
        let description = PostgresConfiguration(connectionString: uri).redactedDescription
        #expect(description == "host=localhost port=5432 dbname=postgres user=postgres")
    }

    @Test("A bare name is a database's, as libpq has it")
    func bareName() {
        #expect(PostgresConfiguration(connectionString: "ledger").redactedDescription.contains("dbname=ledger"))
    }
}

@Suite("Messages of failed connects") struct ConnectMessageTests {
    @Test("The SQLSTATE and the source location are taken out")
    func verbose() {
        let (message, state) = ConnectMessage.parse(
            """
            connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed for user "x"
            LOCATION:  auth_failed, auth.c:326

            """)
        #expect(
            message
                == #"connection to server at "127.0.0.1", port 5432 failed: FATAL: password authentication failed for user "x""#
        )
        #expect(state == .invalidPassword)
    }

    @Test("A message of libpq's own is kept, on one line")
    func plain() {
        let (message, state) = ConnectMessage.parse(
            """
            connection to server on socket "/tmp/.s.PGSQL.5432" failed: No such file or directory
            \tIs the server running locally and accepting connections on that socket?

            """)
        #expect(message.hasPrefix("connection to server on socket"))
        #expect(!message.contains { $0.isNewline })
        #expect(state == nil)
    }
}

@Suite("Backoff") struct BackoffTests {
    /// Always the highest draw.
    private struct Highest: RandomNumberGenerator, Sendable {
        mutating func next() -> UInt64 { .max }
    }

    @Test("Waits double up to their limit, and start again after a success")
    func growth() {
        var backoff = Backoff(generator: Highest())
        let waits = (0..<9).map { _ in backoff.next() / .milliseconds(1) }.map { $0.rounded() }
        #expect(waits == [100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000])
        backoff.reset()
        #expect(backoff.next() <= .milliseconds(100))
    }

    @Test("Waits are drawn from zero on")
    func jitter() {
        var backoff = Backoff(initial: .seconds(1), maximum: .seconds(1))
        let waits = (0..<200).map { _ in backoff.next() }
        #expect(waits.allSatisfy { $0 >= .zero && $0 <= .seconds(1) })
        #expect(waits.contains { $0 < .milliseconds(500) } && waits.contains { $0 > .milliseconds(500) })
    }
}

@Suite("Deadlines") struct DeadlineTests {
    @Test("A body that is too slow is cancelled and times out")
    func expired() async throws {
        let error = try await postgresError {
            try await withDeadline(.milliseconds(5)) { try await Task.sleep(for: .seconds(600)) }
        }
        #expect(error.code == .timeout)
    }

    @Test("A body in time gives its result or its own error")
    func inTime() async throws {
        let value = try await withDeadline(.seconds(600)) { 7 }
        #expect(value == 7)
        let error = try await postgresError {
            try await withDeadline(.seconds(600)) { throw PostgresError(.usage, "no") }
        }
        #expect(error.code == .usage)
    }

    @Test("A cancelled task gets the body's own answer to that")
    func cancelled() async throws {
        let task = Task {
            try await withDeadline(.seconds(600)) {
                while !Task.isCancelled { await Task.yield() }
                throw PostgresError(.cancelled, "yes")
            }
        }
        task.cancel()
        let error = try await postgresError { try await task.value }
        #expect(error.code == .cancelled)
    }
}

@Suite("Errors") struct ErrorTests {
    @Test(
        "What a retry may cure is retryable",
        arguments: [
            (PostgresError.Code.server, SQLState.serializationFailure, true), (.server, .deadlockDetected, true),
            (.server, .tooManyConnections, true), (.server, .lockNotAvailable, true), (.server, .diskFull, true),
            (.server, .ioError, true),
            (.server, .internalError, false), (.connectionFailed, .internalError, true),
            (.server, .uniqueViolation, false), (.server, .queryCanceled, false), (.server, .syntaxError, false),
            (.connectionFailed, .invalidPassword, false), (.connectionFailed, .cannotConnectNow, true),
            (.connectionLost, .adminShutdown, true), (.unknownOutcome, .adminShutdown, false),
        ])
    func retryable(code: PostgresError.Code, state: SQLState, expected: Bool) {
        #expect(PostgresError(code, "", sqlState: state).isRetryable == expected)
    }

    @Test("A SQLSTATE matches the errors that carry it")
    func matching() {
        let error: any Error = PostgresError(.server, "", sqlState: .uniqueViolation)
        #expect(SQLState.uniqueViolation ~= error)
        #expect(!(SQLState.checkViolation ~= error))
        #expect(!(SQLState.uniqueViolation ~= CancellationError()))
    }
}
