extension SinkState {
    /// Puts `event` into the buffer or, if there is no room, counts it as dropped.
    package mutating func emit(_ event: consuming WorkflowEvent, bytes: Int) {
        guard phase != .closed, buffer.hasRoom(for: bytes) else { return drop(event, bytes: bytes) }
        append(event, bytes: bytes)
    }

    /// Puts `event` into the buffer, to be sent without waiting for others; `receipt` is settled when it is stored.
    ///
    /// - Returns: its sequence number.
    package mutating func record(
        _ event: consuming WorkflowEvent, bytes: Int, receipt: Receipt
    ) throws(RecordError) -> UInt64 {
        guard phase != .closed else { throw .closed }
        guard buffer.hasRoom(for: bytes) else { throw .bufferFull }
        let sequence = buffer.nextSequence
        recorders[sequence] = receipt
        urgentThrough = max(urgentThrough, sequence)
        append(event, bytes: bytes)
        wakeDeliverer()
        if backoff.failureCount > 0 { wakeSpooler() }
        return sequence
    }

    /// Forgets the receipt of an event whose recorder waits no longer; the event itself stays.
    package mutating func forgetRecorder(of sequence: UInt64) { recorders[sequence] = nil }

    /// Settles `receipt` when every event so far is delivered or spooled, and hurries them.
    package mutating func flush(_ receipt: Receipt) {
        flushes.append((through: buffer.nextSequence - 1, receipt: receipt))
        urgentThrough = max(urgentThrough, buffer.nextSequence - 1)
        settleFlushes()
        wakeDeliverer()
        wakeSpooler()
    }

    /// Forgets a receipt that nobody waits for any more.
    package mutating func forgetFlush(_ receipt: Receipt) { flushes.removeAll { $0.receipt === receipt } }

    mutating func append(_ event: consuming WorkflowEvent, bytes: Int) {
        var filledBatch = openJournal != nil && journal(event, bytes: bytes)
        if buffer.append(event, bytes: bytes, at: clock.now) { filledBatch = true }
        switch deliverer {
        case .awaitsEvents: wakeDeliverer()
        case .awaitsFullBatch where filledBatch: wakeDeliverer()
        default: break
        }
        guard spool != nil, filledBatch || buffer.open.events.count == 1 else { return }
        wakeSpooler(by: isCrowded ? nil : buffer.open.oldest + settings.spoolAfter)
    }

    /// Whether memory fills up while the destination is at work.
    var isCrowded: Bool { flight != nil && buffer.bytes > buffer.maximumBytes / 2 }

    private mutating func drop(_ event: borrowing WorkflowEvent, bytes: Int) {
        drops.add(event, bytes: bytes)
        guard drops.unreported == 1 else { return }
        if phase == .closed { wakes.insert(.lateDrop) } else { wakeSpooler() }
    }

    /// Now that there may be room again: the event that tells of the drops goes before any later one.
    mutating func appendDropEvent() {
        guard let event = drops.event(service: service, at: clock.timestamp()) else { return }
        let bytes = event.estimatedBytes
        guard buffer.hasRoom(for: bytes) else { return }
        drops.told()
        append(event, bytes: bytes)
    }
}

extension RecordError {
    static let closed = RecordError(.closed, "the sink has shut down; record within withWorkflowEvents or run()")
    static let bufferFull = RecordError(
        .unavailable, "the memory buffer is full because the destination is away or slow; try again later")
    static let notYetStored = RecordError(
        .closed, "the sink shut down before the event was stored; recording the same event again is safe")
}
