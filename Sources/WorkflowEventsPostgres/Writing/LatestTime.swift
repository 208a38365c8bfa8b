import LibPQ
import WorkflowEvents

/// The latest time that an event may carry: 24 hours ahead of the database's clock, as the schema demands.
enum LatestTime {
    static let pointer = "/ts"
    static let reason = "ts is more than 24 hours ahead of the database's clock"

    static func query(on connection: PostgresConnection) async throws(PostgresError) -> Timestamp {
        let rows = try await connection.query("select clock_timestamp() + interval '24 hours'")
        return Timestamp(try rows[0].decode(PostgresTimestamp.self))
    }
}
