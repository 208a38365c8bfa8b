import Foundation
public import WorkflowEvents

extension SinkConfiguration {
    /// A durable sink that sends events to the runledger service at `url`, for skills that cannot reach its database.
    ///
    /// It has the buffer, the spool and the guarantees of the PostgreSQL sink: emitting never blocks, and an event counts
    /// as delivered when the service has committed it.
    ///
    /// ```swift
    /// try await withWorkflowEvents(.http("https://runledger.example.com")) {
    ///     try await composeSong()
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - url: where the service is, as `http://` or `https://`; a path in front of its own is kept.
    ///   - token: a token with the scope `events:write`. Default: the environment variable `RUNLEDGER_TOKEN`.
    ///   - settings: sizes, delays and the spool directory; of the flush deadline that of `withWorkflowEvents` counts.
    ///   - spools: whether batches go to disk while the service is away. Default `true`: where `settings` names no
    ///     directory, one of this service's own under `$XDG_STATE_HOME/runledger/spool` (`~/.local/state`).
    ///
    /// The emitter's initializer throws ``ServiceAddressError`` if `url` is none of a service.
    public static func http(
        _ url: String, token: String? = nil, settings: DurableSink.Settings = DurableSink.Settings(),
        spools: Bool = true
    ) -> SinkConfiguration {
        SinkConfiguration { context in
            let address = try ServiceAddress(url)
            var settings = settings
            settings.flushDeadline = context.flushDeadline
            if spools, settings.spoolDirectory == nil {
                settings.spoolDirectory = DurableSink.Settings.standardSpoolDirectory(of: address.url)
            }
            // An empty variable is one that is not set.
            let variable = ProcessInfo.processInfo.environment["RUNLEDGER_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
            let token = token ?? variable
            return try DurableSink(
                destination: HTTPDestination(address, token: token), settings: settings, service: context.service,
                logger: context.logger, metricsFactory: context.metricsFactory)
        }
    }
}
