import Crypto
import Foundation
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
    ///   - settings: sizes, delays and the spool directory.
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
            if spools, settings.spoolDirectory == nil { settings.spoolDirectory = database.defaultSpoolDirectory }
            return try DurableSink(
                destination: PostgresDestination(database, logger: context.logger), settings: settings,
                service: context.service, logger: context.logger)
        }
    }
}

extension LedgerDatabase {
    /// A directory that only sinks of this ledger use: whoever starts adopts what is left there for its own ledger.
    fileprivate var defaultSpoolDirectory: String {
        let environment = ProcessInfo.processInfo.environment
        let state =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
            ?? URL.homeDirectory.appending(path: ".local/state")
        let identity = "\(configuration.redactedDescription) \(schema)"
        let digest = SHA256.hash(data: Data(identity.utf8)).prefix(8).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        return state.appending(path: "runledger/spool/\(digest.joined())").path()
    }
}
