import Crypto
import LibPQ

/// The lock that lets one migrator at a time work on a schema.
struct MigrationLock {
    let schema: String
    let key: Int64

    init(schema: String) {
        self.schema = schema
        let digest = SHA256.hash(data: Array("runledger migrate \(schema)".utf8))
        key = digest.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Takes the lock for as long as the connection lives.
    ///
    /// It asks again and again: to wait inside the server would deadlock with a CREATE INDEX CONCURRENTLY of the
    /// holder, which waits for every open transaction.
    func acquire(on connection: PostgresConnection, patience: Duration) async throws {
        let deadline = ContinuousClock.now + patience
        while try await !connection.query("select pg_try_advisory_lock(\(key))")[0].decode(Bool.self) {
            guard ContinuousClock.now < deadline else { throw try await refusal(on: connection) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func refusal(on connection: PostgresConnection) async throws -> SchemaError {
        let holders = try await connection.query(
            """
            select pid from pg_locks
            where locktype = 'advisory' and objsubid = 1 and granted
                and (classid::bigint << 32 | objid::bigint) = \(key)
                and database = (select oid from pg_database where datname = current_database())
            """)
        let holder = try holders.first.map { "backend \(try $0.decode(Int32.self))" } ?? "another session"
        return SchemaError(
            .locked, "Schema \(schema) is being migrated by \(holder). Wait for it to end and run this again.")
    }
}
