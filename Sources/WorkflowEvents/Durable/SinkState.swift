/// What a durable sink knows and decides: a pure state machine; the sink's two loops perform what it says.
///
/// An event is in one of three places, in this order: in flight (one batch), in the spool's files, in the buffer. The
/// *deliverer* sends the batch in flight until it is stored, then takes the oldest; the *spooler* moves batches from
/// memory to files when the destination is away or slow. Whoever changes something that a waiting loop must see adds it
/// to `wakes`.
package struct SinkState: Sendable {
    package enum Phase: Sendable, Hashable {
        case open
        /// Until the deadline the destination gets its chance; then what is left goes to the spool.
        case closing(deadline: MonotonicTime)
        case closed
    }

    /// The loops that must look again.
    package struct Wakes: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let deliverer = Wakes(rawValue: 1)
        package static let spooler = Wakes(rawValue: 2)
        /// Not a loop: the first event after the end was dropped, and no loop is left to log it.
        package static let lateDrop = Wakes(rawValue: 4)
    }

    enum Deliverer: Sendable {
        case busy, awaitsEvents, awaitsFullBatch, awaitsRetryOrSpool
    }

    enum Spooler: Sendable {
        case busy
        case parked(until: MonotonicTime?)
    }

    let settings: DurableSink.Settings
    let service: String
    let clock: SinkClock

    package internal(set) var phase = Phase.open
    package internal(set) var buffer: EventBuffer
    /// `nil` without a spool directory.
    package internal(set) var spool: SpoolIndex?
    package internal(set) var flight: Flight?
    /// The batches, but for the one in flight, that the spooler is writing to files now.
    var storing: [EventBatch] = []
    /// The batch in flight, if the spooler is writing it too: a copy, for it may be delivered first.
    var storingFlight: EventBatch?
    /// How often writing to the spool has failed since it last succeeded.
    package internal(set) var storeFailureCount = 0
    /// How often reading from the spool has failed since it last succeeded.
    package internal(set) var readFailureCount = 0
    package internal(set) var backoff: Backoff
    package internal(set) var drops = DropCount()
    package internal(set) var deliveredCount = 0
    package internal(set) var spooledCount = 0
    package internal(set) var refusedCount = 0
    package internal(set) var tornCount = 0

    /// Makes the file for a batch that begins with the given event number; `nil` unless in spool-first mode.
    package var openJournal: (@Sendable (UInt64) throws(FileError) -> Journal)?
    var journalFailure: JournalFailure?
    /// The storage of the line being journaled, used again and again.
    var line: [UInt8] = []

    /// Events up to this number are not kept waiting for a batch to fill.
    var urgentThrough: UInt64 = 0
    var flushes: [(through: UInt64, receipt: Receipt)] = []
    var recorders: [UInt64: Receipt] = [:]
    var nextDropReport: MonotonicTime?
    var deliverer = Deliverer.busy
    var spooler = Spooler.busy
    var wakes: Wakes = []

    package init(
        settings: DurableSink.Settings, service: String, spool: SpoolIndex? = nil, backoff: Backoff = Backoff(),
        clock: SinkClock
    ) {
        self.settings = settings
        self.service = service
        self.spool = spool
        self.backoff = backoff
        self.clock = clock
        self.buffer = EventBuffer(
            maximumBatchCount: settings.maximumBatchCount, maximumBatchBytes: settings.maximumBatchBytes,
            maximumBytes: settings.bufferBytes)
    }

    /// The loops to wake now; asked once after each change.
    package mutating func takeWakes() -> Wakes {
        defer { wakes = [] }
        return wakes
    }

    mutating func wakeDeliverer() {
        if case .busy = deliverer { return }
        deliverer = .busy
        wakes.insert(.deliverer)
    }

    /// Wakes the spooler unless it looks again by `deadline` anyway.
    mutating func wakeSpooler(by deadline: MonotonicTime? = nil) {
        guard case .parked(let until) = spooler else { return }
        if let until, let deadline, until <= deadline { return }
        spooler = .busy
        wakes.insert(.spooler)
    }

    /// The number of the oldest event that only memory holds.
    package var firstInMemory: UInt64? {
        if let flight, flight.isInMemoryOnly { return flight.batch?.sequence }
        return storing.first?.sequence ?? buffer.firstSequence
    }
}
