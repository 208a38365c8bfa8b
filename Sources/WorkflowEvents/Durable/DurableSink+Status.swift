extension DurableSink {
    /// What a sink holds now and has done so far.
    public struct Status: Sendable, Hashable {
        /// Events that only memory holds, the batch in flight included.
        public var queuedEventCount = 0
        /// About how many bytes of memory they hold.
        public var queuedBytes = 0
        /// Bytes of undelivered events on disk: this process's and those it took over.
        public var spoolBytes = 0
        /// Events that were written to the spool so far.
        public var spooledEventCount = 0
        /// Events that the destination has stored so far.
        public var deliveredEventCount = 0
        /// Events that were dropped so far, for want of room or because the sink had shut down.
        public var droppedEventCount = 0
        /// Events that the destination refused so far, for their content.
        public var refusedEventCount = 0
        /// Files of the spool that were set aside so far because they were damaged.
        public var tornFileCount = 0
    }

    /// What the sink holds now and has done so far.
    public var status: Status { withState(\.status) }
}

extension SinkState {
    var status: DurableSink.Status {
        var status = DurableSink.Status()
        status.queuedEventCount = buffer.count
        status.queuedBytes = buffer.bytes
        status.spoolBytes = spool?.bytes ?? 0
        status.spooledEventCount = spooledCount
        status.deliveredEventCount = deliveredCount
        status.droppedEventCount = drops.total
        status.refusedEventCount = refusedCount
        status.tornFileCount = tornCount
        return status
    }
}
