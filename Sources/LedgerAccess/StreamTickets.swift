package import LibPQ

/// What a browser's WebSocket, which cannot send header fields, shows instead of a token: once, and soon.
package struct StreamTickets: Sendable {
    private let pool: PostgresPool

    /// How long a ticket is good.
    package static let lifetime = Duration.seconds(30)

    /// The tickets that connections of `pool` see; any replica takes those of any other.
    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Makes a ticket for `principal`.
    package func issue(to principal: Principal) async throws -> String {
        let secret = Secret(prefix: "rlt_")
        let scopes = principal.scopes.map(\.rawValue).sorted()
        try await pool.withConnection { connection in
            try await connection.execute("delete from stream_tickets where expires_at < clock_timestamp()")
            try await connection.execute(
                """
                insert into stream_tickets (ticket_sha256, name, scopes, expires_at)
                values (\(Secret.hash(secret.text)), \(principal.name), \(scopes),
                        clock_timestamp() + make_interval(secs => \(Double(Self.lifetime.components.seconds))))
                """)
        }
        return secret.text
    }

    /// Who was given `ticket`, which cannot be used again; `nil` if it is none, was used or is too old.
    package func redeem(_ ticket: String) async throws -> Principal? {
        try await pool.withConnection { connection in
            let rows = try await connection.query(
                """
                delete from stream_tickets where ticket_sha256 = \(Secret.hash(ticket))
                returning name, scopes, expires_at > clock_timestamp()
                """)
            guard let row = rows.first, try row.decode(2, as: Bool.self) else { return nil }
            let scopes = try row.decode(1, as: [String].self).compactMap(Scope.init(rawValue:))
            return Principal(name: try row.decode(0, as: String.self), scopes: Set(scopes))
        }
    }
}
