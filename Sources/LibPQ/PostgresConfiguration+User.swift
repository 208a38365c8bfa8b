extension PostgresConfiguration {
    /// Whom it logs in as: what the connection string says, else libpq's default.
    package var user: String {
        ConnectionOptions(connectionString).valueOrDefault("user") ?? ""
    }
}
