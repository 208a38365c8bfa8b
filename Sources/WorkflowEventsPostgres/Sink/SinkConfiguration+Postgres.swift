import LibPQ
public import WorkflowEvents

extension SinkConfiguration {
    /// A durable sink that stores events in the ledger at `url`, a libpq connection string.
    ///
    /// ```swift
    /// try await withWorkflowEvents(.postgres("postgresql://writer@db.internal/runs")) {
    ///     try await composeSong()
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - url: where the database is; empty means libpq's own `PG*` variables and defaults.
    ///   - schema: the schema that holds the ledger. Default `runledger`.
    ///   - settings: sizes, delays and the spool directory; of the flush deadline that of `withWorkflowEvents` counts.
    ///   - spools: whether batches go to disk while the database is away. Default `true`: where `settings` names no
    ///     directory, one of this ledger's own under `$XDG_STATE_HOME/runledger/spool` (`~/.local/state`).
    public static func postgres(
        _ url: String, schema: String = "runledger", settings: DurableSink.Settings = DurableSink.Settings(),
        spools: Bool = true
    ) -> SinkConfiguration {
        postgres(LedgerDatabase(url: url, schema: schema), settings: settings, spools: spools)
    }

    /// A durable sink that stores events in the ledger of `database`.
    public static func postgres(
        _ database: LedgerDatabase, settings: DurableSink.Settings = DurableSink.Settings(), spools: Bool = true
    ) -> SinkConfiguration {
        SinkConfiguration { context in
            var settings = settings
            settings.flushDeadline = context.flushDeadline
            if spools, settings.spoolDirectory == nil {
                settings.spoolDirectory = DurableSink.Settings.standardSpoolDirectory(
                    of: "\(database.configuration.redactedDescription) \(database.schema)")
            }
            return try DurableSink(
                destination: PostgresDestination(database, logger: context.logger), settings: settings,
                service: context.service, logger: context.logger, metricsFactory: context.metricsFactory)
        }
    }
}
