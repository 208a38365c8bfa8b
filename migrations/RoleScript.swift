/// The SQL that makes the roles and the schema, for a database administrator to run.
package enum RoleScript {
    /// `roles.sql`, in which `:"name"` stands for a name in double quotes.
    package static let template: String = {
        guard let sql = EmbeddedSQL.files["roles.sql"] else { preconditionFailure("roles.sql is missing") }
        return sql
    }()
}
