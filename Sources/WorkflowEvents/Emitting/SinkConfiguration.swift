public import Logging
public import Metrics

/// Which sink an emitter is to have, and with what settings.
///
/// A module that brings a sink adds a static member, so that users name it in place:
///
/// ```swift
/// extension SinkConfiguration {
///     static func file(_ path: String) -> SinkConfiguration {
///         SinkConfiguration { context in try FileSink(path: path, logger: context.logger) }
///     }
/// }
///
/// try await withWorkflowEvents(.log, .file("events.ndjson")) { … }
/// ```
public struct SinkConfiguration: Sendable {
    private let make: @Sendable (SinkContext) throws -> any EventSink

    /// The sink that `make` makes. What `make` throws, the emitter's initializer throws.
    public init(_ make: @escaping @Sendable (SinkContext) throws -> any EventSink) {
        self.make = make
    }

    /// Makes the sink.
    func makeSink(in context: SinkContext) throws -> any EventSink { try make(context) }

    /// `sink` itself.
    public static func sink(_ sink: any EventSink) -> SinkConfiguration {
        SinkConfiguration { _ in sink }
    }

    /// A ``LogSink`` that writes to the emitter's logger.
    public static var log: SinkConfiguration {
        SinkConfiguration { context in LogSink(logger: context.logger) }
    }

    /// A ``LogSink`` that writes to `logger`.
    public static func log(_ logger: Logger) -> SinkConfiguration {
        SinkConfiguration { _ in LogSink(logger: logger) }
    }
}

/// What a sink learns of the emitter it is made for.
public struct SinkContext: Sendable {
    /// The program whose events these are.
    public var service: String
    /// Where the sink reports its own troubles.
    public var logger: Logger
    /// Where the sink's own metrics go.
    public var metricsFactory: any MetricsFactory
    /// What time it is.
    public var clock: any EventClock
    /// How long the sink may take to deliver what is left once its ``EventSink/run()`` is cancelled.
    public var flushDeadline: Duration

    /// A context; by default that of a program without settings.
    public init(
        service: String? = nil,
        logger: Logger = Logger(label: "workflow-events"),
        metricsFactory: any MetricsFactory = MetricsSystem.factory,
        clock: any EventClock = SystemEventClock(),
        flushDeadline: Duration = .seconds(5)
    ) {
        self.service = service ?? ServiceName.standard
        self.logger = logger
        self.metricsFactory = metricsFactory
        self.clock = clock
        self.flushDeadline = flushDeadline
    }
}
