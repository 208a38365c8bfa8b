package import LibPQ

/// The tokens of a ledger.
package struct TokenRepository: Sendable {
    private let pool: PostgresPool

    /// The name of the token that a first start makes.
    package static let administrator = "admin"
    /// Names that begin so are runledger's own.
    package static let reservedPrefix = "runledger."
    /// What a token may be called.
    package static let nameRule = "1 to 255 bytes without control characters, and not begin with \(reservedPrefix)"

    /// The tokens that connections of `pool` see.
    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Whether a token may be called `name`, as ``nameRule`` says.
    package static func isValid(name: String) -> Bool {
        (1...255).contains(name.utf8.count)
            && !name.hasPrefix(reservedPrefix)
            && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// Makes a token and returns it; it cannot be read again.
    ///
    /// - Parameters:
    ///   - name: as ``nameRule`` says, never used before.
    ///   - scopes: what its bearer may do; at least one.
    ///   - expiresAt: from when it is refused; `nil` for never.
    /// - Throws: ``AccessError``, or an error of the database connection.
    package func create(name: String, scopes: Set<Scope>, expiresAt: PostgresTimestamp? = nil) async throws -> String {
        guard Self.isValid(name: name) else {
            throw AccessError(.invalid, "A token's name must have \(Self.nameRule).")
        }
        guard !scopes.isEmpty else { throw AccessError(.invalid, "A token needs a scope at least.") }
        let secret = Secret(prefix: "rl_")
        let words = scopes.map(\.rawValue).sorted()
        let forever = PostgresTimestamp(microsecondsSince1970: .max)
        let count = try await pool.withConnection { connection in
            try await connection.execute(
                """
                insert into access_tokens (name, token_sha256, scopes, expires_at)
                values (\(name), \(Secret.hash(secret.text)), \(words), nullif(\(expiresAt ?? forever), 'infinity'))
                on conflict (name) do nothing
                """)
        }
        guard count == 1 else {
            throw AccessError(
                .nameTaken,
                "There is or was a token called \(name), and a source stays one sender; choose another name.")
        }
        return secret.text
    }

    /// Makes a token with all scopes for a ledger without one; `nil` if there is one by now.
    ///
    /// It is called ``administrator``, or, where that name is used up by a token that is no good any more, `admin-2` and
    /// so on.
    package func createFirst() async throws -> String? {
        for number in 1...100 {
            guard try await isEmpty() else { return nil }
            let name = number == 1 ? Self.administrator : "\(Self.administrator)-\(number)"
            do {
                return try await create(name: name, scopes: [.admin])
            } catch {
                guard (error as? AccessError)?.code == .nameTaken else { throw error }
            }
        }
        throw AccessError(
            .nameTaken,
            "The names admin to admin-100 are taken. Make a token with: runledger token create --name NAME --scope admin."
        )
    }

    /// Every token, the revoked ones included, by name.
    package func list() async throws -> [AccessToken] {
        try await pool.withConnection { connection in
            try await connection.query(
                "select \(unsafeSQL: AccessToken.columns) from access_tokens order by name"
            ).map(AccessToken.init)
        }
    }

    /// Has the token called `name` refused from now on; once it is, again changes nothing.
    ///
    /// - Throws: ``AccessError`` if there is none.
    package func revoke(name: String) async throws {
        try await pool.withConnection { connection in
            let revoked = try await connection.execute(
                """
                update access_tokens set revoked_at = clock_timestamp() where name = \(name) and revoked_at is null
                """)
            if revoked == 1 { return }
            let known = try await connection.query("select from access_tokens where name = \(name)")
            guard !known.isEmpty else {
                throw AccessError(.unknown, "There is no token called \(name); runledger token list shows them.")
            }
        }
    }

    /// What is known of `token`; `nil` if it is none of the ledger's.
    package func find(_ token: String) async throws -> AccessToken? {
        try await pool.withConnection { connection in
            try await connection.query(
                """
                select \(unsafeSQL: AccessToken.columns) from access_tokens where token_sha256 = \(Secret.hash(token))
                """
            ).first.map(AccessToken.init)
        }
    }

    /// Which of `names` are those of tokens that are good.
    package func validNames(among names: Set<String>) async throws -> Set<String> {
        try await pool.withConnection { connection in
            let rows = try await connection.query(
                """
                select name from access_tokens
                where name = any (\(names.sorted())) and revoked_at is null
                    and coalesce(expires_at > clock_timestamp(), true)
                """)
            return Set(try rows.map { try $0.decode(String.self) })
        }
    }

    /// Whether there is no token that could be used.
    package func isEmpty() async throws -> Bool {
        try await pool.withConnection { connection in
            try await connection.query(
                """
                select not exists (
                    select from access_tokens
                    where revoked_at is null and coalesce(expires_at > clock_timestamp(), true))
                """)[0].decode(Bool.self)
        }
    }
}
