/// Where and how to connect.
package struct PostgresConfiguration: Sendable {
    /// A libpq URI, `keyword=value` pairs or a database name; empty means libpq's own `PG*` variables and defaults.
    package var connectionString: String
    /// Shown in `pg_stat_activity`, unless the connection string or `PGAPPNAME` say otherwise.
    package var applicationName: String
    /// Schemas to search, unquoted; empty leaves the role's own setting alone.
    package var searchPath: [String]
    /// How long one connect may take for each host, name resolution apart. `connect_timeout` in the connection string
    /// goes before it.
    package var connectTimeout: Duration
    /// The server ends a statement that runs longer; nil leaves the role's own setting alone.
    package var statementTimeout: Duration?

    /// How long the server may take to obey a cancel request before the connection is given up. It also bounds
    /// clean-up, such as ROLLBACK. A frozen server process obeys none.
    package var cancelTimeout: Duration

    package init(
        connectionString: String = "", applicationName: String = "runledger", searchPath: [String] = [],
        connectTimeout: Duration = .seconds(10), statementTimeout: Duration? = nil,
        cancelTimeout: Duration = .seconds(5)
    ) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.searchPath = searchPath
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.cancelTimeout = cancelTimeout
    }

    /// Where it connects to, for messages: host, port, database and user, never a password.
    package var redactedDescription: String {
        let options = ConnectionOptions(connectionString)
        let parts = ["host", "port", "dbname", "user"].compactMap { keyword in
            options.valueOrDefault(keyword).map { "\(keyword)=\($0)" }
        }
        return Redactor(connectionString: connectionString, options: options).redact(parts.joined(separator: " "))
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { redactedDescription }
    package var debugDescription: String { redactedDescription }
    /// `dump` shows no more than `print` does.
    package var customMirror: Mirror { Mirror(self, children: ["server": redactedDescription]) }
}
