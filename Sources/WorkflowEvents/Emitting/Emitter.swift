public import Logging
public import Metrics

/// Sends events to its sinks.
///
/// Most programs never name one: ``withWorkflowEvents(_:service:logger:flushDeadline:_:)`` makes it, and skills use
/// ``default``. A program that composes its own long-lived services makes one itself:
///
/// ```swift
/// let emitter = try Emitter(.log, service: "lyrics-api")
/// emitter.makeDefault()
/// // … and runs emitter.run() beside its other services until shutdown.
/// ```
public final class Emitter: Sendable {
    /// The sinks, in the order in which each event reaches them.
    public let sinks: [any EventSink]
    /// The program whose events these are; fills in a missing ``WorkflowEvent/service``.
    public let service: String
    /// What time it is.
    public let clock: any EventClock
    /// Where identifiers come from.
    public let ids: any EventIDSource

    let logger: Logger
    let executionMetrics: ExecutionMetrics?
    let refusedCounter: Counter

    /// An emitter with `sinks`.
    ///
    /// - Parameters:
    ///   - sinks: where every event goes. None is allowed: events then go nowhere.
    ///   - service: at most 255 UTF-8 bytes; the environment's `OTEL_SERVICE_NAME` unless given, else the name of the
    ///     process.
    ///   - clock: the system's clocks unless given.
    ///   - ids: UUIDv7 unless given.
    ///   - logger: where the emitter reports its own troubles.
    ///   - metricsFactory: where executions, failures and durations are counted; see <doc:Telemetry>.
    public init(
        sinks: [any EventSink],
        service: String? = nil,
        clock: any EventClock = SystemEventClock(),
        ids: any EventIDSource = UUIDv7Source(),
        logger: Logger = Logger(label: "workflow-events"),
        metricsFactory: any MetricsFactory = MetricsSystem.factory
    ) {
        self.sinks = sinks
        self.service = service ?? ServiceName.standard
        self.clock = clock
        self.ids = ids
        self.logger = logger
        self.executionMetrics = ExecutionMetrics(factory: metricsFactory)
        self.refusedCounter = Counter(label: "workflow_events_refused", factory: metricsFactory)
    }

    /// An emitter with the sinks that `configurations` describe; the log sink alone if there are none.
    ///
    /// - Parameters:
    ///   - configurations: where every event goes.
    ///   - service: at most 255 UTF-8 bytes; the environment's `OTEL_SERVICE_NAME` unless given, else the name of the
    ///     process.
    ///   - clock: the system's clocks unless given.
    ///   - ids: UUIDv7 unless given.
    ///   - logger: where ``SinkConfiguration/log`` writes, and where emitter and sinks report their own troubles.
    ///   - metricsFactory: where executions, failures and durations are counted; see <doc:Telemetry>.
    ///   - flushDeadline: how long the sinks may take to deliver what is left once ``run()`` is cancelled; 5 seconds
    ///     unless given.
    /// - Throws: what a sink throws whose settings are wrong: a spool directory that cannot be written, say.
    public convenience init(
        _ configurations: SinkConfiguration...,
        service: String? = nil,
        clock: any EventClock = SystemEventClock(),
        ids: any EventIDSource = UUIDv7Source(),
        logger: Logger = Logger(label: "workflow-events"),
        metricsFactory: any MetricsFactory = MetricsSystem.factory,
        flushDeadline: Duration = .seconds(5)
    ) throws {
        try self.init(
            configurations: configurations, service: service, clock: clock, ids: ids, logger: logger,
            metricsFactory: metricsFactory, flushDeadline: flushDeadline)
    }

    /// The same, for a list of configurations.
    package convenience init(
        configurations: [SinkConfiguration],
        service: String? = nil,
        clock: any EventClock = SystemEventClock(),
        ids: any EventIDSource = UUIDv7Source(),
        logger: Logger = Logger(label: "workflow-events"),
        metricsFactory: any MetricsFactory = MetricsSystem.factory,
        flushDeadline: Duration = .seconds(5)
    ) throws {
        let context = SinkContext(
            service: service, logger: logger, metricsFactory: metricsFactory, clock: clock,
            flushDeadline: flushDeadline)
        let configurations = configurations.isEmpty ? [.log] : configurations
        self.init(
            sinks: try configurations.map { try $0.makeSink(in: context) },
            service: service, clock: clock, ids: ids, logger: logger, metricsFactory: metricsFactory)
    }
}
