package import LedgerMigrations
import LibPQ

extension RoleScript {
    /// The SQL that a database administrator runs where `login` may not create roles and schemas by itself.
    package static func sql(schema: String, roles: LedgerRoles, login: String) throws(SchemaError) -> String {
        try SchemaRequirements.check(schema: schema, roles: roles)
        let names = [
            "schema": schema, "owner": roles.owner, "writer": roles.writer, "reader": roles.reader, "login": login,
        ]
        let statements = template.split(separator: "\n", omittingEmptySubsequences: false).filter {
            !$0.hasPrefix("--")
        }
        var sql = statements.joined(separator: "\n").drop { $0 == "\n" }[...]
        for (variable, name) in names {
            sql = sql.replacing(":\"\(variable)\"", with: PostgresQuery.quote(identifier: name))[...]
        }
        return String(sql)
    }
}
