import Foundation
import LibPQ
import Testing

@Suite("Types") struct TypeTests {
    @Test(
        "numeric is read exactly",
        arguments: [
            "0", "0.00", "1", "-1", "10000", "123456789.000100", "0.0001", "0.00001234", "-0.5", "99999999999999999999",
            "12345678901234567890.12345678901234567890", "1e20", "1e-20", "NaN", "Infinity", "-Infinity",
        ])
    func numeric(text: String) async throws {
        try await withServerConnection { connection in
            let row = try #require(
                try await connection.query(
                    "select \(PostgresNumeric(text: text)) as n, \(PostgresNumeric(text: text))::text as t"
                ).first)
            let (numeric, expected) = try row.decode(PostgresNumeric.self, String.self)
            #expect(numeric.text == expected)
        }
    }

    @Test("Integers are read in any width that holds them, and refused in any that does not")
    func integers() async throws {
        try await withServerConnection { connection in
            let row = try #require(
                try await connection.query(
                    "select 7::int2, 7::int4, 7::int8, 70000::int4, 4000000000::oid, 5000000000::int8, '1'::text"
                ).first)
            for column in 0...2 {
                #expect(try row.decode(column, as: Int.self) == 7)
                #expect(try row.decode(column, as: Int64.self) == 7)
                #expect(try row.decode(column, as: Int32.self) == 7)
                #expect(try row.decode(column, as: Int16.self) == 7)
            }
            #expect(try row.decode(4, as: Int64.self) == 4_000_000_000)
            for (column, read) in [
                (3, { _ = try row.decode(3, as: Int16.self) }), (5, { _ = try row.decode(5, as: Int32.self) }),
                (6, { _ = try row.decode(6, as: Int.self) }),
            ] {
                let error = try await postgresError { try read() }
                #expect(error.code == .decoding, "column \(column)")
            }
        }
    }

    @Test("Doubles keep every bit")
    func doubles() async throws {
        try await withServerConnection { connection in
            for number in [0.1, -0.0, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity] {
                let back: Double = try await connection.value("select \(number)")
                #expect(back.bitPattern == number.bitPattern)
            }
            let nan: Double = try await connection.value("select 'NaN'::float8")
            #expect(nan.isNaN)
            let half: Double = try await connection.value("select 0.5::float4")
            #expect(half == 0.5)
        }
    }

    @Test(
        "Times keep their microseconds",
        arguments: [
            (0, "1970-01-01 00:00:00+00"), (-1, "1969-12-31 23:59:59.999999+00"),
            (946_684_800_000_000, "2000-01-01 00:00:00+00"), (1_700_000_000_123_456, "2023-11-14 22:13:20.123456+00"),
            (-62_135_596_800_000_000, "0001-01-01 00:00:00+00"), (Int64.max, "infinity"), (Int64.min, "-infinity"),
        ])
    func timestamps(microseconds: Int64, text: String) async throws {
        try await withServerConnection { connection in
            let timestamp = PostgresTimestamp(microsecondsSince1970: microseconds)
            let row = try #require(
                try await connection.query("select \(timestamp), \(timestamp)::text, \(text)::timestamptz").first)
            let (back, printed, parsed) = try row.decode(PostgresTimestamp.self, String.self, PostgresTimestamp.self)
            #expect(back == timestamp)
            #expect(printed == text)
            #expect(parsed == timestamp)
        }
    }

    @Test("NULL is nil, and refused where an optional was not asked for")
    func nulls() async throws {
        try await withServerConnection { connection in
            let row = try #require(
                try await connection.query("select \(nil as String?) as a, \(5 as Int?) as b, \("" as String?) as c")
                    .first)
            let (a, b, c) = try row.decode(String?.self, Int?.self, String?.self)
            #expect(a == nil && b == 5 && c?.isEmpty == true)
            let error = try await postgresError { try row.decode("a", as: String.self) }
            #expect(error.code == .decoding)
            #expect(error.message.contains(#"column "a""#))
        }
    }

    @Test("Arrays come back with their NULLs")
    func arrays() async throws {
        try await withServerConnection { connection in
            let strings = ["a", "", "ä\"\\,{}", "NULL"]
            let optionals: [String?] = ["a", nil, ""]
            let ids = [UUID(), UUID()]
            let times = [PostgresTimestamp(microsecondsSince1970: 1), PostgresTimestamp(microsecondsSince1970: 2)]
            let row = try #require(
                try await connection.query(
                    """
                    select \(strings), \(optionals), \(ids), \(times), \([1, 2, 3]), \([Int64]()), \([true, false]),
                           \([nil, 1.5] as [Double?])
                    """
                ).first)
            #expect(try row.decode(0, as: [String].self) == strings)
            #expect(try row.decode(1, as: [String?].self) == optionals)
            #expect(try row.decode(2, as: [UUID].self) == ids)
            #expect(try row.decode(3, as: [PostgresTimestamp].self) == times)
            #expect(try row.decode(4, as: [Int].self) == [1, 2, 3])
            #expect(try row.decode(5, as: [Int64].self) == [])
            #expect(try row.decode(6, as: [Bool].self) == [true, false])
            #expect(try row.decode(7, as: [Double?].self) == [nil, 1.5])
            let error = try await postgresError { try row.decode(1, as: [String].self) }
            #expect(error.code == .decoding)
            let length: Int32 = try await connection.value("select array_length(\(strings), 1)")
            #expect(length == 4)
        }
    }

    @Test("An array of two dimensions is refused, not flattened")
    func twoDimensions() async throws {
        try await withServerConnection { connection in
            let error = try await postgresError {
                try await connection.value("select array[['a', 'b'], ['c', 'd']]", as: [String].self)
            }
            #expect(error.code == .decoding)
            #expect(error.message.contains("2 dimensions"))
        }
    }

    @Test("Bytes, JSON and text types are read as what they are")
    func bytesAndText() async throws {
        try await withTestConnection { connection in
            try await connection.execute(script: "create type mood as enum ('happy')")
            let bytes: [UInt8] = [0, 1, 255]
            let json = PostgresJSON(text: #"{"a": [1, null]}"#)
            let row = try #require(
                try await connection.query(
                    """
                    select \(bytes), \([UInt8]()), \(json), '{"b":1}'::json, 'x'::varchar, 'x'::name, 'x'::char(3),
                           'happy'::mood, \([json])
                    """
                ).first)
            #expect(try row.decode(0, as: [UInt8].self) == bytes)
            #expect(try row.decode(1, as: [UInt8].self) == [])
            #expect(try row.decode(2, as: PostgresJSON.self) == json)
            #expect(try row.decode(2, as: String.self) == json.text)
            #expect(try row.decode(3, as: PostgresJSON.self).text == #"{"b":1}"#)
            #expect(try (4...7).map { try row.decode($0, as: String.self) } == ["x", "x", "x  ", "happy"])
            #expect(try row.decode(8, as: [PostgresJSON].self) == [json])
            let error = try await postgresError { try row.decode(0, as: String.self) }
            #expect(error.code == .decoding)
        }
    }

    @Test("A column that is not there is named in the error")
    func missingColumns() async throws {
        try await withServerConnection { connection in
            let row = try #require(try await connection.query("select 1::int8 as one").first)
            let byName = try await postgresError { try row.decode("two", as: Int.self) }
            #expect(byName.code == .decoding && byName.message.contains(#""two""#))
            let byIndex = try await postgresError { try row.decode(Int.self, Int.self) }
            #expect(byIndex.code == .decoding)
        }
    }
}
