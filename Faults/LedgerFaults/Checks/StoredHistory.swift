import Foundation
import LibPQ

/// Everything that the ledger holds, as the tables have it.
struct StoredHistory: Sendable {
    struct Event: Sendable {
        /// `nil` where its batch has none yet.
        let position: Int64?
        let name: EventName
        let node: String
    }

    /// In the order of their positions.
    let events: [Event]

    /// Reads the whole ledger.
    init(_ world: World) async throws {
        events = try await world.withAdministrator { connection in
            try await connection.query(
                """
                select b.first_position + e.ordinal as position, e.run_id, e.ts, e.id, e.node
                from workflow_events e left join event_batches b on b.id = e.batch_id
                order by 1
                """
            ).map { row in
                let (position, runID, ts, id, node) = try row.decode(
                    Int64?.self, String.self, PostgresTimestamp.self, UUID.self, String.self)
                return Event(
                    position: position, name: EventName(runID: runID, ts: ts.microsecondsSince1970, id: id),
                    node: node)
            }
        }
    }

    /// The events that runledger itself makes.
    static func isOwn(_ event: Event) -> Bool { event.node.hasPrefix("runledger.") }
}
