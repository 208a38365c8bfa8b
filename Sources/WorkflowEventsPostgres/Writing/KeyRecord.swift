import LibPQ

/// What is remembered of a request under its idempotency key, so that it is answered again and not stored again.
struct KeyRecord: Sendable {
    var source: String
    var idempotency: IdempotencyKey
    var acceptedCount: Int
    var duplicateCount: Int

    static let table = "ingest_keys"

    /// Inserts `records`, in the transaction of their events; a key that is there already is a unique violation.
    static func insert(_ records: [KeyRecord], on connection: PostgresConnection) async throws {
        // In one order, or transactions that share keys would wait for each other.
        let sorted = records.sorted { ($0.source, $0.idempotency.key) < ($1.source, $1.idempotency.key) }
        for record in sorted {
            try await connection.execute(
                """
                insert into ingest_keys (source, key, body_sha256, accepted, duplicates)
                values (\(record.source), \(record.idempotency.key), \(record.idempotency.bodySHA256),
                        \(Int32(record.acceptedCount)), \(Int32(record.duplicateCount)))
                """)
        }
    }

    /// What was answered under each key before; `nil` for a key that is new, and for a request without one.
    static func answers(
        to records: [KeyRecord?], on connection: PostgresConnection
    ) async throws -> [Result<AppendResult, WriteError>?] {
        let keyed = records.enumerated().compactMap { index, record in record.map { (index, $0) } }
        let rows = try await connection.query(
            """
            select number - 1, body_sha256, accepted, duplicates
            from unnest(\(keyed.map(\.1.source)), \(keyed.map(\.1.idempotency.key)))
                 with ordinality as request (source, key, number)
                 join ingest_keys using (source, key)
            """)
        var answers = [Result<AppendResult, WriteError>?](repeating: nil, count: records.count)
        for row in rows {
            let (number, body, accepted, duplicates) = try row.decode(Int64.self, [UInt8].self, Int32.self, Int32.self)
            let (index, record) = keyed[Int(number)]
            if body == record.idempotency.bodySHA256 {
                var result = AppendResult(acceptedCount: Int(accepted), duplicateCount: Int(duplicates))
                result.isReplay = true
                answers[index] = .success(result)
            } else {
                answers[index] = .failure(
                    WriteError(.keyReused, "The idempotency key was used for a request with another body."))
            }
        }
        return answers
    }
}
