import Foundation
import LedgerTestSupport
import LibPQ
import Logging
import Testing

@Suite("Queries") struct QueryTests {
    @Test("A bound value comes back as it was sent")
    func roundTrip() async throws {
        try await withTestConnection { connection in
            let id = UUID()
            let row = try #require(
                try await connection.query("select \(42) as answer, \("it's"), \(id), \(true), \(1.5)").first)
            let (answer, text, uuid, flag, number) = try row.decode(
                Int.self, String.self, UUID.self, Bool.self, Double.self)
            #expect(answer == 42)
            #expect(text == "it's")
            #expect(uuid == id)
            #expect(flag)
            #expect(number == 1.5)
            #expect(try row.decode("answer", as: Int64.self) == 42)
        }
    }

    @Test("A transaction that throws leaves nothing behind")
    func rollback() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int)")
            struct Stop: Error {}
            await #expect(throws: Stop.self) {
                try await connection.transaction { connection in
                    try await connection.execute("insert into t values (1)")
                    throw Stop()
                }
            }
            try await connection.transaction { _ = try await $0.execute("insert into t values (2)") }
            let rows = try await connection.query("select n from t")
            #expect(try rows.map { try $0.decode(Int.self) } == [2])
        }
    }

    @Test("Cancelling the task ends the statement on the server, and the connection goes on")
    func cancellation() async throws {
        try await withTestConnection { connection in
            let task = Task { try await connection.query("select pg_sleep(60)") }
            task.cancel()
            await #expect(
                performing: { _ = try await task.value }, throws: { ($0 as? PostgresError)?.code == .cancelled })
            let rows = try await connection.query("select 1")
            #expect(rows.count == 1)
        }
    }

    @Test("A binary COPY stores its rows")
    func copy() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (a bigint, b text, c text[], d jsonb, e timestamptz)")
            var buffer = CopyBuffer(columnCount: 5)
            buffer.beginRow()
            buffer.append(7 as Int64)
            buffer.append("seven")
            buffer.append(["a", "b"])
            buffer.appendJSONB(utf8: Array(#"{"x": 1}"#.utf8))
            buffer.append(PostgresTimestamp(microsecondsSince1970: 1_700_000_000_123_456))
            let count = try await connection.copyIn("copy t from stdin (format binary)", buffer.finish())
            #expect(count == 1)
            let row = try #require(try await connection.query("select * from t").first)
            let (a, b, c, d, e) = try row.decode(
                Int64.self, String.self, [String].self, PostgresJSON.self, PostgresTimestamp.self)
            #expect(a == 7 && b == "seven" && c == ["a", "b"] && d.text == #"{"x": 1}"#)
            #expect(e.microsecondsSince1970 == 1_700_000_000_123_456)
        }
    }
}
