extension DurableSink {
    /// How a durable sink batches, buffers and spools.
    public struct Settings: Sendable, Hashable {
        /// What happens to an event before `emit` returns.
        public enum Mode: Sendable, Hashable {
            /// The event is in memory; it reaches the disk only when the destination is away or slow.
            ///
            /// `kill -9` loses what only memory holds: normally the last ``Settings/maximumDelay`` and one batch in
            /// flight; with the destination away at most the last ``Settings/spoolAfter`` and the file being written;
            /// never more than ``Settings/bufferBytes``.
            case memoryFirst
            /// The event is in a file of the spool, by one `write`: `kill -9` loses nothing.
            ///
            /// `emit` then costs a few microseconds and waits for the file system. With `fsync` it waits for the disk,
            /// so that a crash of the machine loses nothing either; without, such a crash loses what the operating
            /// system had not yet written. When the spool is full or failing, events are kept as in `memoryFirst`.
            case spoolFirst(fsync: Bool)

            /// The event is in a file of the spool that the operating system writes to the disk when it likes.
            public static let spoolFirst = Mode.spoolFirst(fsync: false)
        }

        /// The most events a batch holds. Default 1,000; from 1 to 10,000.
        public var maximumBatchCount = 1000
        /// About the most memory, in bytes, that the events of a batch hold. Default 4 MiB; from 1 KiB to 64 MiB.
        public var maximumBatchBytes = 4 << 20
        /// How long an event waits for others to join its batch. Default 50 ms; from 0 to 1 minute.
        public var maximumDelay = Duration.milliseconds(50)
        /// About the most memory, in bytes, that undelivered events hold. Default 64 MiB; at least 64 KiB.
        ///
        /// An event that finds the buffer full is dropped, counted and logged, and the drops are told to the ledger by
        /// an event of node `runledger.drop` when there is room again.
        public var bufferBytes = 64 << 20
        /// The directory under which batches are kept on disk; `nil`, the default, keeps them in memory alone.
        ///
        /// It is made if it is missing. Each process writes in a subdirectory of its own, and takes over what
        /// processes that are gone have left. It must be on a local file system.
        public var spoolDirectory: String?
        /// The most bytes that undelivered batches take on disk: this process's and those it took over. Default 1 GiB;
        /// at least 1 MiB. Another quarter is for refused and torn files, which stay until someone removes them.
        public var spoolBytes = 1 << 30
        /// How old the oldest event in memory may become before events are written to the spool. Default 2 s; from 0
        /// to 1 hour.
        public var spoolAfter = Duration.seconds(2)
        /// How long `flush` and the end of `run` wait for the destination before what is left goes to the spool.
        /// Default 5 s; from 0 to 1 hour.
        public var flushDeadline = Duration.seconds(5)
        /// What happens to an event before `emit` returns. Default ``Mode/memoryFirst``. ``Mode/spoolFirst`` needs a
        /// ``spoolDirectory``.
        public var mode = Mode.memoryFirst

        /// The defaults.
        public init() {}
    }
}

extension DurableSink.Settings {
    /// Throws a sentence that names the first setting out of range.
    func check() throws(DurableSinkError) {
        try check("maximumBatchCount", maximumBatchCount, in: 1...10_000)
        try check("maximumBatchBytes", maximumBatchBytes, in: 1 << 10...64 << 20)
        try check("bufferBytes", bufferBytes, in: 64 << 10...Int.max)
        try check("spoolBytes", spoolBytes, in: 1 << 20...Int.max)
        try check("maximumDelay", maximumDelay, in: .zero ... .seconds(60))
        try check("spoolAfter", spoolAfter, in: .zero ... .seconds(3600))
        try check("flushDeadline", flushDeadline, in: .zero ... .seconds(3600))
        if mode != .memoryFirst, spoolDirectory == nil {
            throw DurableSinkError(.settings, "spool-first mode needs a spool directory; set spoolDirectory")
        }
    }

    private func check<Value: Comparable>(
        _ name: String, _ value: Value, in range: ClosedRange<Value>
    ) throws(DurableSinkError) {
        guard range.contains(value) else {
            throw DurableSinkError(
                .settings, "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
