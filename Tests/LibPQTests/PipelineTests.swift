import LibPQ
import Testing

@Suite("Pipelines") struct PipelineTests {
    @Test("Every query's rows come back in order")
    func results() async throws {
        try await withTestConnection { connection in
            let results = try await connection.pipeline([
                "create table t (n int8)", "insert into t values (1), (2)", "select n from t order by n", "select 'x'",
            ])
            #expect(results.count == 4)
            #expect(results[1].affectedRows == 2)
            #expect(try results[2].map { try $0.decode(Int.self) } == [1, 2])
            #expect(try results[3].first?.decode(String.self) == "x")
            let none = try await connection.pipeline([])
            #expect(none.isEmpty)
        }
    }

    @Test("An error undoes all of it, is the first one's, and leaves the connection usable")
    func failure() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int8)")
            let error = try await postgresError {
                try await connection.pipeline([
                    "insert into t values (1)", "select 1 / 0", "select nonsense", "insert into t values (2)",
                ])
            }
            #expect(error.sqlState?.rawValue == "22012")
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 0)
        }
    }

    @Test("A pipeline in a transaction is part of it")
    func inTransaction() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int8)")
            _ = try await postgresError {
                try await connection.transaction { connection in
                    try await connection.pipeline(["insert into t values (1)", "insert into t values (2)"])
                    try await connection.execute("select 1 / 0")
                }
            }
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 0)
        }
    }

    @Test("More data than any buffer holds, both ways, does not lock up")
    func large() async throws {
        try await withServerConnection { connection in
            let text = String(repeating: "x", count: 20_000)
            let results = try await connection.pipeline((0..<1000).map { "select \($0), \(text)" })
            #expect(results.count == 1000)
            let (number, back) = try #require(results.last?.first).decode(Int.self, String.self)
            #expect(number == 999 && back == text)
        }
    }

    @Test("A COPY in a pipeline is refused and costs the connection")
    func copy() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int8)")
            let error = try await postgresError {
                try await connection.pipeline(["select 1", "copy t from stdin", "select 2"])
            }
            #expect(error.code == .usage)
            #expect(!connection.isUsable)
        }
    }

    @Test("A cancelled pipeline has no effect, and the connection goes on")
    func cancelled() async throws {
        try await withTestConnections { connection, other in
            try await connection.execute(script: "create table t (n int8)")
            let task = Task {
                try await connection.pipeline(["insert into t values (1)", "select pg_sleep(60)", "select 1"])
            }
            try await waitUntilActive(connection, seenFrom: other)
            task.cancel()
            let error = try await postgresError { try await task.value }
            #expect(error.code == .cancelled)
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 0)
        }
    }

    @Test("A server that ends in the middle is a lost connection")
    func lost() async throws {
        try await withTestConnections { connection, other in
            let task = Task { try await connection.pipeline(["select 1", "select pg_sleep(60)", "select 2"]) }
            try await waitUntilActive(connection, seenFrom: other)
            try await other.execute("select pg_terminate_backend(\(connection.backendPID))")
            let error = try await postgresError { try await task.value }
            #expect(error.code == .connectionLost)
            #expect(!connection.isUsable)
        }
    }
}
