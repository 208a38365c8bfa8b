public import Logging
public import Metrics
import Synchronization

/// Delivers events to a ledger durably: in batches, in order, through outages of the destination and of the process.
///
/// ``emit(_:)`` puts an event into memory and returns. ``run()`` sends batches to the destination, one at a time and the
/// oldest first; while the destination is away or slow it writes them to the spool directory instead, and replays the
/// files when it is back. What happens when everything is full, and how much a killed process can lose, is said at
/// ``Settings/bufferBytes`` and ``Settings/Mode-swift.enum``.
///
/// ```swift
/// var settings = DurableSink.Settings()
/// settings.spoolDirectory = "/var/spool/lyrics-api"
/// let sink = try DurableSink(destination: ledger, settings: settings, service: "lyrics-api", logger: logger)
/// ```
public final class DurableSink: EventSink {
    let destination: any BatchDestination
    let settings: Settings
    let logger: Logger
    let clock: SinkClock
    let spool: Spool?
    let metrics: SinkMetrics
    let delivererSignal = WakeSignal()
    let spoolerSignal = WakeSignal()
    private let state: Mutex<SinkState>
    private let hasRun = Atomic<Bool>(false)

    /// A sink that delivers to `destination` once ``run()`` is called.
    ///
    /// - Parameters:
    ///   - destination: stores the batches.
    ///   - settings: sizes, delays and the spool directory.
    ///   - service: names this program in events that tell of drops; at most 245 bytes of it are used.
    ///   - logger: hears of outages, drops, refused events and torn files; never of single events that went well.
    ///   - metricsFactory: where the queue, the spool, deliveries and drops are counted, as `workflow_events_…`.
    /// - Throws: ``DurableSinkError`` if a setting is out of range or the spool directory cannot be written.
    public convenience init(
        destination: any BatchDestination, settings: Settings = Settings(), service: String,
        logger: Logger = Logger(label: "workflow-events"),
        metricsFactory: any MetricsFactory = MetricsSystem.factory
    ) throws(DurableSinkError) {
        try self.init(
            destination: destination, settings: settings, service: service, logger: logger,
            metricsFactory: metricsFactory, backoff: Backoff(), clock: .system)
    }

    package init(
        destination: any BatchDestination, settings: Settings, service: String, logger: Logger,
        metricsFactory: any MetricsFactory, backoff: Backoff, clock: SinkClock
    ) throws(DurableSinkError) {
        try settings.check()
        self.destination = destination
        self.settings = settings
        self.logger = logger
        self.clock = clock
        self.metrics = SinkMetrics(factory: metricsFactory)
        let spool = try settings.spoolDirectory.map { path throws(DurableSinkError) in
            try Spool(path: path, maximumSetAsideBytes: settings.spoolBytes / 4)
        }
        self.spool = spool
        let index = spool.map { SpoolIndex(owner: $0.owner, maximumBytes: settings.spoolBytes) }
        var state = SinkState(settings: settings, service: service, spool: index, backoff: backoff, clock: clock)
        if case .spoolFirst(let fsync) = settings.mode, let spool {
            state.openJournal = { sequence throws(FileError) in
                try spool.openJournal(sequence: sequence, synchronizes: fsync)
            }
        }
        self.state = Mutex(state)
    }

    /// `true`: what ``record(_:)`` returns from is stored.
    public var isDurable: Bool { true }

    /// Takes `event` at once: never blocks, throws or suspends, but for the write in spool-first mode.
    public func emit(_ event: WorkflowEvent) {
        let bytes = event.estimatedBytes
        withState { $0.emit(event, bytes: bytes) }
    }

    /// Returns when the destination has stored `event`, however long that takes.
    ///
    /// Cancelling the caller ends the wait, not the delivery.
    ///
    /// - Throws: ``RecordError``: `refused` if the destination refuses the event, `unavailable` if the memory buffer is
    ///   full, `closed` if the sink has shut down or does so before the event is stored (it may then be in the spool);
    ///   `CancellationError` if the calling task is cancelled. Recording the same event again is safe.
    public func record(_ event: WorkflowEvent) async throws {
        let bytes = event.estimatedBytes
        let receipt = Receipt()
        let sequence = try withState { state throws(RecordError) in
            try state.record(event, bytes: bytes, receipt: receipt)
        }
        do {
            try await receipt.value()
        } catch let error as CancellationError {
            withState { $0.forgetRecorder(of: sequence) }
            throw error
        }
    }

    /// Returns when everything emitted before is delivered or spooled, or ``Settings/flushDeadline`` has passed.
    public func flush() async {
        let deadline = clock.now() + settings.flushDeadline
        let receipt = Receipt()
        withState { $0.flush(receipt) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await receipt.value() }
            group.addTask { [clock] in try? await clock.sleep(deadline) }
            await group.next()
            group.cancelAll()
        }
        withState { $0.forgetFlush(receipt) }
    }

    /// Delivers until its task is cancelled, then delivers what is left within ``Settings/flushDeadline``, writes the
    /// rest to the spool and returns. If the destination is known to be away it does not wait for the deadline. To be
    /// called once.
    ///
    /// - Throws: what the destination's own `run()` throws; the sink has then shut down in the same way.
    public func run() async throws {
        precondition(!hasRun.exchange(true, ordering: .relaxed), "run() of a DurableSink may be called once")
        // What is in memory must still reach the destination after the caller was cancelled, hence a task of its own.
        let work = Task { try await self.work() }
        try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            withState { $0.close() }
        }
    }

    /// Changes the state and wakes the loops that must see it.
    @discardableResult
    func withState<Result, Failure: Error>(
        _ body: (inout SinkState) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let (result, wakes) = try state.withLock { state throws(Failure) in
            (try body(&state), state.takeWakes())
        }
        if !wakes.isEmpty { raise(wakes) }
        return result
    }

    private func raise(_ wakes: SinkState.Wakes) {
        if wakes.contains(.deliverer) { delivererSignal.raise() }
        if wakes.contains(.spooler) { spoolerSignal.raise() }
        if wakes.contains(.lateDrop) {
            logger.warning("workflow events are dropped: they were emitted after their sink had shut down")
        }
    }
}
