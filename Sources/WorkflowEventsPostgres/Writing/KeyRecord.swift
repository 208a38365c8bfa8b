import LibPQ

/// What is remembered of a request under its idempotency key, so that it is answered again and not stored again.
struct KeyRecord: Sendable {
    var source: String
    var idempotency: IdempotencyKey
    var acceptedCount: Int
    var duplicateCount: Int

    static let table = "ingest_keys"

    /// Inserts `records`, one at least, in the transaction of their events; a key that is there already is a unique
    /// violation.
    static func insertion(of records: [KeyRecord]) -> PostgresQuery {
        let sources: [String] = records.map(\.source)
        let keys: [String] = records.map(\.idempotency.key)
        let bodies: [String] = records.map { hexadecimal($0.idempotency.bodySHA256) }
        let accepted: [Int32] = records.map { Int32($0.acceptedCount) }
        let duplicates: [Int32] = records.map { Int32($0.duplicateCount) }
        // In one order, or transactions that share keys would wait for each other.
        return """
            insert into ingest_keys (source, key, body_sha256, accepted, duplicates)
            select source, key, decode(body, 'hex'), accepted, duplicates
            from unnest(\(sources), \(keys), \(bodies), \(accepted), \(duplicates))
                 as request (source, key, body, accepted, duplicates)
            order by source, key
            returning source, key, recorded_at, pg_backend_pid(), pg_current_xact_id()::text
            """
    }

    /// What finds the transaction again whose ``insertion(of:)`` returned `rows`.
    static func trace(of rows: PostgresRows) throws -> BatchTransaction.Trace {
        let (source, key, recordedAt, pid, xid) = try rows[0].decode(
            String.self, String.self, PostgresTimestamp.self, Int32.self, String.self)
        return BatchTransaction.Trace(
            backendPID: pid, transactionID: xid, evidence: .key(source: source, key: key, recordedAt: recordedAt))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
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
