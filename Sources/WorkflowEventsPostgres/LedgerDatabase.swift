package import LibPQ

/// Where a ledger is: a PostgreSQL database and the schema in it.
public struct LedgerDatabase: Sendable {
    /// A libpq connection string, URI or `keyword=value`; empty means libpq's own `PG*` variables and defaults.
    public var url: String
    /// The schema that holds the ledger; one database may hold several ledgers. Default `runledger`.
    public var schema: String
    /// What sessions call themselves in `pg_stat_activity`. Default `runledger`.
    public var applicationName: String

    /// The ledger in schema `schema` of the database at `url`.
    public init(url: String, schema: String = "runledger", applicationName: String = "runledger") {
        self.url = url
        self.schema = schema
        self.applicationName = applicationName
    }

    /// How LibPQ connects to it.
    package var configuration: PostgresConfiguration {
        var configuration = PostgresConfiguration(connectionString: url)
        configuration.applicationName = applicationName
        configuration.searchPath = [schema]
        return configuration
    }

    /// The NOTIFY channel on which writers say that they have committed: the schema's own name, which is never too long.
    package var wakeUpChannel: String { schema }
}
