#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import LibPQ
package import WorkflowEventsPostgres

/// The ordered history that committed batches become.
package struct Ledger: Sendable {
    package let pool: PostgresPool

    /// The ledger that connections of `pool` see.
    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Gives every batch committed before the call its positions, and returns the head: the last position given.
    package func sequence() async throws -> Int64 {
        try await pool.withConnection { try await $0.query("select sequence()")[0].decode(Int64.self) }
    }

    /// As ``sequence()``, but where another session is at it already, returns the head as it stands.
    package func advance() async throws -> Int64 {
        try await pool.withConnection { connection in
            try await connection.query(
                """
                select coalesce(sequence(false),
                                (select first_position + event_count - 1 from event_batches
                                 where first_position is not null order by first_position desc limit 1), 0)
                """)[0].decode(Int64.self)
        }
    }

    /// How many committed batches have no position yet, and how long the oldest of them has waited, in seconds.
    package func lag() async throws -> (batchCount: Int, seconds: Double) {
        try await pool.withConnection { connection in
            let rows = try await connection.query(
                """
                select count(*), coalesce(extract(epoch from clock_timestamp() - min(recorded_at)), 0)::float8
                from event_batches where first_position is null
                """)
            let (count, seconds) = try rows[0].decode(Int64.self, Double.self)
            return (Int(count), max(0, seconds))
        }
    }

    /// What tells this ledger from every other.
    package func id() async throws -> UUID {
        try await pool.withConnection { try await $0.query("select id from ledger")[0].decode(UUID.self) }
    }

    /// The events after position `position`, in order and without a gap, at most `limit`.
    ///
    /// Stops short of a position whose event cannot be read yet; the next call continues there.
    package func events(after position: Int64, limit: Int) async throws -> [StoredEvent] {
        let rows = try await pool.withConnection { connection in
            try await connection.query(
                """
                select \(unsafeSQL: StoredEvent.columns) from ledger_events_after(\(position), \(limit))
                """)
        }
        var events: [StoredEvent] = []
        for row in rows {
            let event = try StoredEvent(row)
            guard event.position == position + Int64(events.count) + 1 else { break }
            events.append(event)
        }
        return events
    }
}
