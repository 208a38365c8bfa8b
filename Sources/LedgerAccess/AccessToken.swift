package import LibPQ

/// A token of the service as the ledger knows it; the token itself is told only when it is made.
package struct AccessToken: Sendable, Hashable {
    /// What the events sent with it have as their source. A name is never used again.
    package var name: String
    package var scopes: Set<Scope>
    package var createdAt: PostgresTimestamp
    /// From when it is refused; `nil` if it does not expire.
    package var expiresAt: PostgresTimestamp?
    /// Since when it is refused; `nil` unless revoked.
    package var revokedAt: PostgresTimestamp?
    /// Whether it is good, by the database's clock when it was read.
    package var isValid: Bool

    /// Who shows it.
    package var principal: Principal { Principal(name: name, scopes: scopes) }

    static let columns = """
        name, scopes, created_at, expires_at, revoked_at,
        revoked_at is null and coalesce(expires_at > clock_timestamp(), true)
        """

    init(_ row: PostgresRow) throws {
        self.name = try row.decode(0, as: String.self)
        self.scopes = Set(try row.decode(1, as: [String].self).compactMap(Scope.init(rawValue:)))
        self.createdAt = try row.decode(2, as: PostgresTimestamp.self)
        self.expiresAt = try row.decode(3, as: PostgresTimestamp?.self)
        self.revokedAt = try row.decode(4, as: PostgresTimestamp?.self)
        self.isValid = try row.decode(5, as: Bool.self)
    }
}
