extension SinkState {
    /// Begins the end: the destination gets its chance until the flush deadline.
    package mutating func close() {
        guard phase == .open else { return }
        phase = .closing(deadline: clock.now() + settings.flushDeadline)
        appendDropEvent()
        urgentThrough = .max
        // One more attempt at once: the next may lie beyond the deadline.
        flight?.retryAt = nil
        wakeDeliverer()
        wakeSpooler()
    }

    /// Ends for good, after both loops have: nobody is kept waiting.
    ///
    /// - Returns: how many events are lost because they could neither be delivered nor spooled.
    package mutating func finish() -> Int {
        phase = .closed
        for receipt in recorders.values { receipt.settle(.failure(RecordError.notYetStored)) }
        recorders = [:]
        for flush in flushes { flush.receipt.settle() }
        flushes = []
        return buffer.count
    }
}
