extension SinkState {
    static let readRetryDelay = Duration.seconds(1)

    /// What the deliverer does next.
    package enum DeliveryStep: Sendable {
        /// Read the file and say `loaded`, `unavailable` or `unreadable`.
        case load(SpoolFile)
        /// Send the events and say `delivered` or `deliveryFailed`.
        case deliver([WorkflowEvent])
        /// Wait until then or until woken, and ask again.
        case wait(until: MonotonicTime?)
    }

    /// Decides what the deliverer does next: the batch in flight again, else the oldest batch there is.
    package mutating func nextDelivery() -> DeliveryStep {
        deliverer = .busy
        let now = clock.now()
        if let batch = flight?.batch {
            guard let retryAt = flight?.retryAt, now < retryAt else { return .deliver(batch.events) }
            deliverer = .awaitsRetryOrSpool
            return .wait(until: retryAt)
        }
        if let retryAt = spool?.readRetryAt, now < retryAt {
            deliverer = .awaitsRetryOrSpool
            return .wait(until: retryAt)
        }
        if let file = spool?.files.popFirst() {
            flight = Flight(file: file)
            return .load(file)
        }
        guard storing.isEmpty, spool?.isScanned ?? true else {
            deliverer = .awaitsRetryOrSpool
            return .wait(until: nil)
        }
        if let batch = buffer.takeSealed() { return send(batch) }
        guard !buffer.open.events.isEmpty else {
            deliverer = .awaitsEvents
            return .wait(until: nil)
        }
        let due = buffer.open.oldest + settings.maximumDelay
        if now >= due || buffer.open.sequence <= urgentThrough { return send(buffer.takeOpen()) }
        deliverer = .awaitsFullBatch
        return .wait(until: due)
    }

    private mutating func send(_ batch: EventBatch) -> DeliveryStep {
        flight = Flight(batch: batch)
        if spool != nil { wakeSpooler(by: batch.oldest + settings.spoolAfter) }
        return .deliver(batch.events)
    }

    /// The file in flight cannot be read now: it is the next again, in a moment, for nothing may go before it.
    package mutating func unavailable() {
        guard let file = flight.take()?.file else { return }
        let now = clock.now()
        spool?.files.prepend([file])
        spool?.readRetryAt = now + Self.readRetryDelay
        readFailureCount += 1
        if phase != .open { wakeSpooler() }
    }

    /// The file in flight was read: what it holds is to be sent, the refused excepted.
    package mutating func loaded(_ content: SpooledEvents) {
        guard let file = flight?.file else { return }
        readFailureCount = 0
        if content.damage != nil { tornCount += 1 }
        refusedCount += content.refused.count
        if file.owner == spool?.owner {
            for refused in content.refused {
                let receipt = recorders.removeValue(forKey: file.sequence + UInt64(refused.index))
                receipt?.settle(.failure(RecordError(.refused, refused.reason)))
            }
        }
        let now = clock.now()
        flight?.batch = EventBatch(sequence: file.sequence, events: content.events, oldest: now)
        flight?.positions = content.positions
    }

    /// The file in flight is torn or gone: what it held is lost, or set aside.
    package mutating func unreadable() {
        guard let file = flight.take()?.file else { return }
        readFailureCount = 0
        tornCount += 1
        if file.owner == spool?.owner, let count = file.seal?.count {
            let error = RecordError(.unavailable, "the event's file in the spool is damaged; record the event again")
            settleRecorders(from: file.sequence, count: count) { _ in .failure(error) }
        }
        freeSpool(of: file)
    }

    /// The destination has stored the batch in flight, `refused` excepted.
    ///
    /// - Returns: the file that is no longer needed.
    package mutating func delivered(refused: [RefusedEvent]) -> SpoolFile? {
        guard let flight = flight.take(), let batch = flight.batch else { return nil }
        backoff.reset()
        deliveredCount += batch.events.count - refused.count
        refusedCount += refused.count
        settleRecorders(of: batch, in: flight, refused: refused)
        // A batch that is being written now has no file yet: `stored` tells which one is not needed.
        let file = flight.file ?? (flight.isBeingStored ? nil : batch.journal?.file)
        if let file { freeSpool(of: file) }
        if flight.isInMemoryOnly {
            buffer.release(batch)
            madeRoom()
        }
        return file
    }

    /// The destination could not take the batch in flight; it is sent again after the returned time.
    @discardableResult
    package mutating func deliveryFailed() -> Duration {
        let delay = backoff.nextDelay()
        let now = clock.now()
        flight?.retryAt = now + delay
        if phase != .open || !flushes.isEmpty || !recorders.isEmpty { wakeSpooler() }
        return delay
    }

    /// Memory was freed: drops can be told, and those who flush may be done.
    mutating func madeRoom() {
        appendDropEvent()
        settleFlushes()
        if phase != .open { wakeSpooler() }
    }

    mutating func settleFlushes() {
        guard !flushes.isEmpty else { return }
        let first = firstInMemory ?? .max
        flushes.removeAll { flush in
            guard flush.through < first else { return false }
            flush.receipt.settle()
            return true
        }
    }

    /// A file is no longer needed: there may be room for what waits in memory.
    private mutating func freeSpool(of file: SpoolFile) {
        spool?.bytes -= file.bytes
        if spool?.isBlocked == true || phase != .open { wakeSpooler() }
    }

    private mutating func settleRecorders(of batch: EventBatch, in flight: Flight, refused: [RefusedEvent]) {
        guard !recorders.isEmpty, flight.file == nil || flight.file?.owner == spool?.owner else { return }
        let reasons = Dictionary(
            refused.map { (flight.position(of: $0.index), $0.reason) }, uniquingKeysWith: { first, _ in first })
        let count = flight.positions?.last.map { $0 + 1 } ?? batch.events.count
        settleRecorders(from: batch.sequence, count: count) { position in
            reasons[position].map { .failure(RecordError(.refused, $0)) } ?? .success(())
        }
    }

    private mutating func settleRecorders(
        from sequence: UInt64, count: Int, with result: (Int) -> Result<Void, any Error>
    ) {
        guard !recorders.isEmpty else { return }
        for position in 0..<count {
            recorders.removeValue(forKey: sequence + UInt64(position))?.settle(result(position))
        }
    }
}
