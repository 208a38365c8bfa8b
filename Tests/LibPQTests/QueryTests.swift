import Foundation
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Queries") struct QueryTests {
    @Test("Bound values come back as they were sent")
    func roundTrip() async throws {
        try await withTestConnection { connection in
            let id = UUID()
            let rows = try await connection.query(
                "select \(42) as answer, \("it's") as text, \(id) as id, \(true) as flag, \(1.5) as number")
            let row = try #require(rows.first)
            let (answer, text, uuid, flag, number) = try row.decode(
                Int.self, String.self, UUID.self, Bool.self, Double.self)
            #expect(answer == 42)
            #expect(text == "it's")
            #expect(uuid == id)
            #expect(flag)
            #expect(number == 1.5)
            #expect(try row.decode("answer", as: Int64.self) == 42)
            #expect(try row.decode(1, as: String.self) == "it's")
            #expect(rows.columns.map(\.name) == ["answer", "text", "id", "flag", "number"])
            #expect(rows.columns.map(\.type) == [.int8, .text, .uuid, .bool, .float8])
        }
    }

    @Test("A value is never taken for SQL")
    func injection() async throws {
        try await withTestConnection { connection in
            let hostile = "'; drop table t; --"
            let text: String = try await connection.value("select \(hostile)")
            #expect(text == hostile)
            let name = #"we"ird; name"#
            try await connection.execute("create table \(identifier: name) (n int)")
            let count = try await connection.execute("insert into \(identifier: name) values (1), (2), (3)")
            #expect(count == 3)
        }
    }

    @Test("Queries compose, and their values are numbered on")
    func composition() {
        var query: PostgresQuery = "select * from t where a = \(1)"
        query.append(" and b = \("x") and c in \("(\(2), \(3))" as PostgresQuery)")
        query.append(" order by \(identifier: "d") \(unsafeSQL: "desc") limit \(4)")
        #expect(query.sql == #"select * from t where a = $1 and b = $2 and c in ($3, $4) order by "d" desc limit $5"#)
        #expect(query.bindings.count == 5)
    }

    @Test("A statement from a file keeps its own placeholders")
    func fileStatement() async throws {
        try await withTestConnection { connection in
            let sum: Int = try await connection.value(
                PostgresQuery(unsafeSQL: "select $1::int8 - $2::int8", [10, 3]))
            #expect(sum == 7)
        }
    }

    @Test("Sessions speak UTF-8 and UTC, and search the schemas they are told to")
    func sessionSettings() async throws {
        try await withTestDatabase { configuration in
            var configuration = configuration
            configuration.searchPath = [#"a "quoted" schema"#, "public"]
            configuration.statementTimeout = .milliseconds(1234)
            configuration.applicationName = "some application"
            try await PostgresConnection.withConnection(configuration, logger: testLogger) { connection in
                for (name, expected) in [
                    "client_encoding": "UTF8", "TimeZone": "UTC", "statement_timeout": "1234ms",
                    "search_path": #""a ""quoted"" schema", "public""#, "application_name": "some application",
                    "client_min_messages": "warning",
                ] {
                    let setting: String = try await connection.value("select current_setting(\(name))")
                    #expect(setting == expected, "\(name)")
                }
                #expect(connection.serverVersion >= 150000)
                let pid: Int32 = try await connection.value("select pg_backend_pid()")
                #expect(connection.backendPID == pid)
            }
        }
    }

    @Test("A script runs whole, and an error in it says where")
    func script() async throws {
        try await withTestConnection { connection in
            try await connection.execute(
                script: "create table t (n int); insert into t values (1); insert into t values (2);")
            let script = "insert into t values (3);\nselect nonsense from t;"
            let error = try await postgresError { try await connection.execute(script: script) }
            #expect(error.sqlState == .undefinedColumn)
            #expect(error.position == 34)
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 2, "a script is one transaction")
        }
    }

    @Test("The server's fields are in the error, and its SQLSTATE can be matched")
    func errorFields() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int constraint positive check (n > 0))")
            do {
                try await connection.execute("insert into t values (\(-5))")
                Issue.record("the check did not hold")
            } catch let error as PostgresError where .checkViolation ~= error {
                #expect(error.code == .server)
                #expect(error.constraintName == "positive")
                #expect(error.tableName == "t")
                #expect(error.schemaName == "public")
                #expect(error.severity == "ERROR")
                #expect(!error.isRetryable)
                #expect(error.detail?.contains("-5") == true)
            }
        }
    }

    @Test("A statement with a NUL character is refused instead of cut off")
    func nulInStatement() async throws {
        try await withTestConnection { connection in
            let error = try await postgresError { try await connection.query("select 1\0 + garbage") }
            #expect(error.code == .usage)
            let value = try await postgresError { try await connection.query("select \("a\0b")") }
            #expect(value.sqlState == .characterNotInRepertoire)
        }
    }

    @Test("A COPY in a plain statement is refused, and the connection goes on")
    func strayCopy() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int); insert into t values (1)")
            for statement: PostgresQuery in ["copy t from stdin", "copy t to stdout"] {
                let error = try await postgresError { try await connection.query(statement) }
                #expect(error.code == .usage)
                let one: Int = try await connection.value("select 1::int8")
                #expect(one == 1)
            }
        }
    }

    @Test("After close, calls throw and the server has let the session go")
    func close() async throws {
        try await withTestConnections { connection, other in
            await connection.close()
            await connection.close()
            #expect(!connection.isUsable)
            let error = try await postgresError { try await connection.query("select 1") }
            #expect(error.code == .connectionLost)
            try await waitUntil(
                "select not exists (select from pg_stat_activity where pid = \(connection.backendPID))", on: other)
        }
    }
}
