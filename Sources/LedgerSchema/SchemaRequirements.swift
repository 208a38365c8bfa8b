import LibPQ

/// What names, server and database have to be like.
enum SchemaRequirements {
    static let minimumServerVersion = 150_000
    /// PostgreSQL cuts a longer name off.
    static let maximumNameBytes = 63

    static func check(_ connection: PostgresConnection) async throws {
        let encoding = try await connection.query(
            "select current_setting('server_encoding')")[0].decode(String.self)
        try check(serverVersion: connection.serverVersion, encoding: encoding)
    }

    static func check(serverVersion: Int, encoding: String) throws(SchemaError) {
        guard serverVersion >= minimumServerVersion else {
            throw SchemaError(
                .unsupportedServer,
                """
                The server is PostgreSQL \(serverVersion / 10_000); runledger needs \(minimumServerVersion / 10_000) \
                or later.
                """)
        }
        guard encoding == "UTF8" else {
            throw SchemaError(
                .unsupportedServer,
                "The database is in \(encoding); runledger needs one made with ENCODING 'UTF8'.")
        }
    }

    static func check(schema: String, roles: LedgerRoles) throws(SchemaError) {
        let names = [roles.owner, roles.writer, roles.reader]
        for name in [schema] + names where name.isEmpty || name.utf8.count > maximumNameBytes || name.contains("\0") {
            throw SchemaError(
                .invalidName, "'\(name)' is no name: it has 1 to \(maximumNameBytes) bytes, none of them zero.")
        }
        guard !schema.hasPrefix("pg_") else {
            throw SchemaError(
                .invalidName, "Schema '\(schema)' is PostgreSQL's: choose a name that does not begin with pg_.")
        }
        guard Set(names).count == names.count else {
            throw SchemaError(
                .invalidName, "Owner, writer and reader need a role each: \(names.joined(separator: ", ")).")
        }
    }
}
