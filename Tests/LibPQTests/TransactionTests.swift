import LibPQ
import Testing

@Suite("Transactions") struct TransactionTests {
    private struct Stop: Error {}

    @Test("A body that returns commits, one that throws leaves nothing behind")
    func commitAndRollback() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int8)")
            await #expect(throws: Stop.self) {
                try await connection.transaction { connection in
                    try await connection.execute("insert into t values (1)")
                    throw Stop()
                }
            }
            let result = try await connection.transaction { connection in
                try await connection.execute("insert into t values (2)")
                return "done"
            }
            #expect(result == "done")
            let rows = try await connection.query("select n from t")
            #expect(try rows.map { try $0.decode(Int.self) } == [2])
        }
    }

    @Test("An opening query is the transaction's first, and its rows are the body's")
    func opening() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int8)")
            await #expect(throws: Stop.self) {
                try await connection.transaction(opening: "insert into t values (1) returning n") { _, rows -> Void in
                    #expect(try rows.map { try $0.decode(Int.self) } == [1])
                    throw Stop()
                }
            }
            _ = try await connection.transaction(opening: "insert into t values (2)") { connection, _ in
                try await connection.execute("insert into t values (3)")
            }
            let rows = try await connection.query("select n from t order by n")
            #expect(try rows.map { try $0.decode(Int.self) } == [2, 3])
        }
    }

    @Test("An opening query that fails leaves the connection as it was, and its body is not called")
    func failedOpening() async throws {
        try await withTestConnection { connection in
            let error = try await postgresError {
                try await connection.transaction(opening: "select 1 / 0") { _, _ in Issue.record("called") }
            }
            #expect(error.sqlState == SQLState(rawValue: "22012"))
            try await connection.transaction { connection in
                let nested = try await postgresError {
                    try await connection.transaction(opening: "select 1") { _, _ in }
                }
                #expect(nested.code == .usage)
            }
            #expect(try await connection.value("select 1") == 1)
        }
    }

    @Test("A body runs where its caller does, on the connection's own thread too")
    func isolation() async throws {
        func check(_ connection: isolated PostgresConnection) async throws {
            try await connection.transaction { $0.preconditionIsolated() }
            try await connection.transaction(opening: "select 1") { connection, _ in
                connection.preconditionIsolated()
                try await connection.execute("select 2")
                connection.preconditionIsolated()
            }
        }
        try await withTestConnection { try await check($0) }
    }

    @Test("A transaction in a transaction is refused, and the outer one goes on")
    func nested() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int8)")
            try await connection.transaction { connection in
                let error = try await postgresError { try await connection.transaction { _ in } }
                #expect(error.code == .usage)
                try await connection.execute("insert into t values (1)")
            }
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 1)
        }
    }

    @Test("Modes reach the server")
    func modes() async throws {
        try await withTestConnection { connection in
            for (mode, isolation, readOnly) in [
                (TransactionMode.readWrite, "read committed", "off"), (.readOnly, "read committed", "on"),
                (.snapshot, "repeatable read", "on"), (.repeatableRead, "repeatable read", "off"),
                (.serializable, "serializable", "off"),
            ] {
                try await connection.transaction(mode) { connection in
                    let level: String = try await connection.value("select current_setting('transaction_isolation')")
                    let access: String = try await connection.value("select current_setting('transaction_read_only')")
                    #expect(level == isolation && access == readOnly)
                }
            }
        }
    }

    @Test("A body that swallows a failed statement does not get away with a commit")
    func swallowedFailure() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int8)")
            let error = try await postgresError {
                try await connection.transaction { connection in
                    try await connection.execute("insert into t values (1)")
                    _ = try? await connection.execute("select 1 / 0")
                }
            }
            #expect(error.sqlState == .inFailedSQLTransaction)
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 0)
        }
    }

    @Test("A connection that breaks in the body gives the body's own error")
    func lostInBody() async throws {
        try await withTestConnections { connection, other in
            let error = try await postgresError {
                try await connection.transaction { connection in
                    try await other.execute("select pg_terminate_backend(\(connection.backendPID))")
                    try await connection.execute("select 1")
                }
            }
            #expect(error.code == .connectionLost)
            #expect(error.isRetryable)
            #expect(!connection.isUsable)
        }
    }

    @Test("The task's cancellation rolls back, and the connection goes on")
    func cancelledInBody() async throws {
        try await withTestConnections { connection, other in
            try await connection.execute(script: "create table t (n int8)")
            let task = Task {
                try await connection.transaction { connection in
                    try await connection.execute("insert into t values (1)")
                    try await connection.execute("select pg_sleep(60)")
                }
            }
            try await waitUntilActive(connection, seenFrom: other)
            task.cancel()
            let error = try await postgresError { try await task.value }
            #expect(error.code == .cancelled)
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 0)
        }
    }
}

@Suite("COMMIT") struct CommitTests {
    /// Starts a transaction whose COMMIT waits for a lock that `other` holds.
    private func withPendingCommit(
        _ body: (PostgresConnection, PostgresConnection, Task<Void, any Error>) async throws -> Void
    ) async throws {
        try await withTestConnections { connection, other in
            try await connection.execute(
                script: """
                    create table t (n int8);
                    create function wait() returns trigger language plpgsql as $$
                    begin perform pg_advisory_xact_lock(42); return null; end $$;
                    create constraint trigger wait after insert on t deferrable initially deferred
                    for each row execute function wait();
                    """)
            try await other.execute("select pg_advisory_lock(42)")
            let task = Task {
                try await connection.transaction { _ = try await $0.execute("insert into t values (1)") }
            }
            try await waitUntilActive(connection, seenFrom: other)
            try await body(connection, other, task)
        }
    }

    @Test("An answer lost to the server's end is an unknown outcome")
    func terminated() async throws {
        try await withPendingCommit { connection, other, task in
            try await other.execute("select pg_terminate_backend(\(connection.backendPID))")
            let error = try await postgresError { try await task.value }
            #expect(error.code == .unknownOutcome)
            #expect(!error.isRetryable)
        }
    }

    @Test("An answer lost to a broken connection is an unknown outcome")
    func aborted() async throws {
        try await withPendingCommit { connection, _, task in
            connection.abort()
            let error = try await postgresError { try await task.value }
            #expect(error.code == .unknownOutcome)
            #expect(!connection.isUsable)
        }
    }

    @Test("A cancelled task still learns that its COMMIT went through")
    func notCancelled() async throws {
        try await withPendingCommit { connection, other, task in
            task.cancel()
            connection.cancel()
            try await other.execute("select pg_advisory_unlock(42)")
            try await task.value
            let count: Int = try await other.value("select count(*) from t")
            #expect(count == 1)
        }
    }
}
