import Foundation
import LibPQ
import Testing

@Suite("COPY") struct CopyTests {
    private static let copy = "copy t from stdin (format binary)"

    /// A COPY of rows `(n, "row n")`.
    private func numbers(_ range: Range<Int64>) -> [UInt8] {
        var buffer = CopyBuffer(columnCount: 2)
        for number in range {
            buffer.beginRow()
            buffer.append(number)
            buffer.append("row \(number)")
        }
        return buffer.finish()
    }

    private func withTable(_ body: (PostgresConnection) async throws -> Void) async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create table t (n int8 constraint one_of_each primary key, s text)")
            try await body(connection)
        }
    }

    @Test("Every type arrives as it was written")
    func types() async throws {
        try await withTestConnection { connection in
            try await connection.execute(
                script: """
                    create table t (a int8, b int4, c int2, d bool, e float8, f text, g text, h uuid, i uuid,
                                    j timestamptz, k jsonb, l text[], m text[], n bytea)
                    """)
            let id = UUID()
            let time = PostgresTimestamp(microsecondsSince1970: 1_700_000_000_123_456)
            var buffer = CopyBuffer(columnCount: 14, reservedBytes: 0)
            buffer.beginRow()
            buffer.append(-7 as Int64)
            buffer.append(8 as Int32)
            buffer.append(9 as Int16)
            buffer.append(true)
            buffer.append(0.1)
            buffer.append("ä🙂")
            buffer.append(nil as String?)
            buffer.append(id)
            buffer.append(nil as UUID?)
            buffer.append(time)
            buffer.appendJSONB(utf8: Array(#"{"x": 1}"#.utf8))
            buffer.append(["a", "", "ü"])
            buffer.append([])
            buffer.append(bytes: [0, 255])
            #expect(buffer.rowCount == 1)
            let count = try await connection.copyIn(Self.copy, buffer.finish())
            #expect(count == 1)
            #expect(buffer.rowCount == 0)

            let row = try #require(try await connection.query("select * from t").first)
            let (a, b, c, d, e, f, g) = try row.decode(
                Int64.self, Int32.self, Int16.self, Bool.self, Double.self, String.self, String?.self)
            #expect(a == -7 && b == 8 && c == 9 && d && e == 0.1 && f == "ä🙂" && g == nil)
            #expect(try row.decode("h", as: UUID.self) == id)
            #expect(try row.decode("i", as: UUID?.self) == nil)
            #expect(try row.decode("j", as: PostgresTimestamp.self) == time)
            #expect(try row.decode("k", as: String.self) == #"{"x": 1}"#)
            #expect(try row.decode("l", as: [String].self) == ["a", "", "ü"])
            #expect(try row.decode("m", as: [String].self) == [])
            #expect(try row.decode("n", as: [UInt8].self) == [0, 255])
            let dimensions: Bool = try await connection.value("select array_ndims(l) = 1 and m = '{}' from t")
            #expect(dimensions)
        }
    }

    @Test("A COPY of many chunks stores every row")
    func large() async throws {
        try await withTable { connection in
            let count = try await connection.copyIn(Self.copy, numbers(0..<200_000))
            #expect(count == 200_000)
            let sum: Bool = try await connection.value("select sum(n) = 199999 * 100000::int8 from t")
            #expect(sum)
        }
    }

    @Test("One bad row loses the whole COPY, says why, and leaves the connection usable")
    func badRow() async throws {
        try await withTable { connection in
            try await connection.copyIn(Self.copy, numbers(5..<6))
            let duplicate = try await postgresError { try await connection.copyIn(Self.copy, numbers(0..<50_000)) }
            #expect(duplicate.sqlState == .uniqueViolation)
            #expect(duplicate.constraintName == "one_of_each")
            var buffer = CopyBuffer(columnCount: 1)
            buffer.beginRow()
            buffer.append(1 as Int64)
            let malformed = try await postgresError { try await connection.copyIn(Self.copy, buffer.finish()) }
            #expect(malformed.sqlState == .badCopyFileFormat)
            let torn = try await postgresError {
                try await connection.copyIn(Self.copy, Array(numbers(0..<3).dropLast(5)))
            }
            #expect(torn.sqlState == .badCopyFileFormat)
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 1)
        }
    }

    @Test("A writer hands over its data as they come")
    func writer() async throws {
        try await withTable { connection in
            let bytes = numbers(0..<1000)
            let count = try await connection.copyIn(Self.copy) { writer in
                for start in stride(from: 0, to: bytes.count, by: 777) {
                    try await writer.write(Array(bytes[start..<min(start + 777, bytes.count)]))
                }
            }
            #expect(count == 1000)
        }
    }

    @Test("A writer that throws stores nothing, in a transaction or out of one")
    func throwingWriter() async throws {
        struct Stop: Error {}
        try await withTable { connection in
            await #expect(throws: Stop.self) {
                try await connection.copyIn(Self.copy) { writer in
                    try await writer.write(numbers(0..<10))
                    throw Stop()
                }
            }
            await #expect(throws: Stop.self) {
                try await connection.transaction { connection in
                    try await connection.copyIn(Self.copy) { _ in throw Stop() }
                }
            }
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 0)
        }
    }

    @Test("A server's refusal in the middle reaches the writer's caller")
    func refusedWriter() async throws {
        try await withTable { connection in
            let error = try await postgresError {
                try await connection.copyIn(Self.copy) { writer in
                    for _ in 0..<20 { try await writer.write(numbers(0..<10_000)) }
                }
            }
            #expect(error.code == .server)
            let count = try await connection.copyIn(Self.copy, numbers(0..<3))
            #expect(count == 3)
        }
    }

    @Test("A statement in the middle of a COPY is refused, and the COPY goes on")
    func statementInCopy() async throws {
        try await withTable { connection in
            let count = try await connection.copyIn(Self.copy) { writer in
                let error = try await postgresError { try await connection.query("select 1") }
                #expect(error.code == .usage)
                try await writer.write(numbers(0..<3))
            }
            #expect(count == 3)
        }
    }

    @Test("A writer used after its COPY is refused")
    func writerAfterCopy() async throws {
        try await withTable { connection in
            var escaped: CopyWriter?
            try await connection.copyIn(Self.copy) { writer in
                try await writer.write(numbers(0..<1))
                escaped = writer
            }
            let writer = try #require(escaped)
            let error = try await postgresError { try await writer.write([1]) }
            #expect(error.code == .usage)
        }
    }

    @Test("Only COPY FROM STDIN will do", arguments: ["select 1", "copy t to stdout", "copy nothing from stdin"])
    func wrongStatement(statement: String) async throws {
        try await withTable { connection in
            let error = try await postgresError { try await connection.copyIn(statement, [1, 2, 3]) }
            #expect(error.code == .usage || error.sqlState == .undefinedTable)
            let count = try await connection.copyIn(Self.copy, numbers(0..<1))
            #expect(count == 1)
        }
    }

    @Test("A cancelled COPY stores nothing, and the connection goes on")
    func cancelled() async throws {
        try await withTestConnections { connection, other in
            try await connection.execute(script: "create table t (n int8, s text)")
            let bytes = numbers(0..<10)
            let headerLength = 19
            let trailerLength = 2
            let task = Task {
                try await connection.copyIn(Self.copy) { writer in
                    try await writer.write(Array(bytes[..<headerLength]))
                    // Ends by cancellation alone.
                    while true { try await writer.write(Array(bytes[headerLength...].dropLast(trailerLength))) }
                }
            }
            try await waitUntil(
                "select exists (select from pg_stat_progress_copy where pid = \(connection.backendPID))", on: other)
            task.cancel()
            let error = try await postgresError { try await task.value }
            #expect(error.code == .cancelled)
            let count: Int = try await connection.value("select count(*) from t")
            #expect(count == 0)
        }
    }

    @Test("A COPY that waits for a lock can be cancelled")
    func cancelledWhileLocked() async throws {
        try await withTestConnections { connection, other in
            try await connection.execute(script: "create table t (n int8, s text)")
            try await other.transaction { other in
                try await other.execute("lock table t in access exclusive mode")
                let bytes = numbers(0..<10)
                let task = Task { try await connection.copyIn(Self.copy, bytes) }
                try await waitUntilActive(connection, seenFrom: other)
                task.cancel()
                let error = try await postgresError { try await task.value }
                #expect(error.code == .cancelled)
            }
            let count = try await connection.copyIn(Self.copy, numbers(0..<1))
            #expect(count == 1)
        }
    }
}
