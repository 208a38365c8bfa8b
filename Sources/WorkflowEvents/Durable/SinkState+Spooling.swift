extension SinkState {
    /// What the spooler does next.
    package enum SpoolStep: Sendable {
        /// Log that so many events were dropped.
        case reportDrops(Int)
        /// Log that events could not be written before `emit` returned, and why.
        case reportJournalFailure(String)
        /// Look for files of processes that are gone and say `adopted`.
        case adopt
        /// Write the batches to files, in order, and say `stored`.
        case store([EventBatch])
        /// Wait until then or until woken, and ask again.
        case wait(until: MonotonicTime?)
        /// The sink has shut down: everything is delivered or spooled, or cannot be.
        case finish
    }

    /// The most batches that are written before the directory is synchronised.
    static let maximumStoreCount = 16
    static let adoptionInterval = Duration.seconds(30)
    static let dropReportInterval = Duration.seconds(10)
    static let storeRetryDelay = Duration.seconds(1)

    /// Decides what the spooler does next.
    package mutating func nextSpooling() -> SpoolStep {
        spooler = .busy
        let now = clock.now()
        if drops.unreported > 0, phase == .closed || now >= nextDropReport ?? now {
            nextDropReport = now + Self.dropReportInterval
            return .reportDrops(drops.takeUnreported())
        }
        if let reason = journalFailure?.takeUnreported() { return .reportJournalFailure(reason) }
        if let spool, now >= spool.nextAdoption ?? now { return .adopt }
        let due = takeDue(at: now)
        if !due.isEmpty { return .store(due) }
        if case .closing(let deadline) = phase, isSettled || now >= deadline {
            phase = .closed
            return .finish
        }
        let until = nextSpoolingTime(after: now)
        spooler = .parked(until: until)
        return .wait(until: until)
    }

    /// The files that processes that are gone have left, oldest first.
    package mutating func adopted(_ files: [SpoolFile]) {
        spool?.files.prepend(files)
        spool?.bytes += files.reduce(0) { $0 + $1.bytes }
        let now = clock.now()
        spool?.nextAdoption = now + Self.adoptionInterval
        wakeDeliverer()
    }

    /// The first of the batches to store are in `files`; if there are fewer files, the next one could not be written.
    ///
    /// - Returns: the file that is no longer needed, for its batch has been delivered meanwhile.
    package mutating func stored(in files: [SpoolFile]) -> SpoolFile? {
        var files = files[...]
        let failed = files.count < storing.count + (storingFlight == nil ? 0 : 1)
        storeFailureCount = failed ? storeFailureCount + 1 : 0
        let obsolete = storingFlight.take().flatMap { storedFlight($0, in: files.popFirst()) }
        for (batch, file) in zip(storing, files) {
            spool?.files.append(file)
            movedToSpool(batch, file)
        }
        buffer.putBack(Array(storing.dropFirst(files.count)))
        storing = []
        let now = clock.now()
        spool?.retryAt = failed ? now + Self.storeRetryDelay : nil
        madeRoom()
        wakeDeliverer()
        return obsolete
    }

    /// The copy of the batch in flight is in `file`, or could not be written.
    private mutating func storedFlight(_ batch: EventBatch, in file: SpoolFile?) -> SpoolFile? {
        guard flight?.isBeingStored == true else {
            spool?.bytes -= batch.journal?.file.bytes ?? 0
            return file ?? batch.journal?.file
        }
        flight?.isBeingStored = false
        guard let file else { return nil }
        flight?.file = file
        movedToSpool(batch, file)
        return nil
    }

    private mutating func movedToSpool(_ batch: EventBatch, _ file: SpoolFile) {
        spool?.bytes += file.bytes - (batch.journal?.file.bytes ?? 0)
        spooledCount += batch.events.count
        buffer.release(batch)
    }

    /// Takes the batches that belong on disk now, as far as there is room, oldest first.
    private mutating func takeDue(at now: MonotonicTime) -> [EventBatch] {
        guard let spool, now >= spool.retryAt ?? now, let first = firstInMemory else { return [] }
        var room = spool.room
        let isForced = isPastDeadline(at: now) || backoff.failureCount > 0 && first <= urgentThrough
        let isCrowded = isCrowded
        self.spool?.isBlocked = false

        func isDue(_ batch: EventBatch) -> Bool { isForced || now - batch.oldest >= settings.spoolAfter }
        func fits(_ batch: EventBatch) -> Bool {
            let bytes = batch.journal == nil ? batch.bytes : 0
            defer { room -= bytes }
            return bytes <= room
        }

        if let batch = flight?.batch, flight?.file == nil, isDue(batch) {
            guard fits(batch) else { return blocked() }
            flight?.isBeingStored = true
            storingFlight = batch
        }
        while storing.count < Self.maximumStoreCount, let batch = buffer.oldestBatch {
            guard isDue(batch) || isCrowded && !buffer.sealed.isEmpty else { break }
            guard fits(batch) else { return blocked() }
            storing.append(buffer.takeSealed() ?? buffer.takeOpen())
        }
        return [storingFlight].compactMap(\.self) + storing
    }

    private mutating func blocked() -> [EventBatch] {
        spool?.isBlocked = true
        return [storingFlight].compactMap(\.self) + storing
    }

    /// Whether nothing is left to do at the end: all is delivered or, with the destination away, spooled.
    private var isSettled: Bool {
        guard firstInMemory == nil else { return false }
        return backoff.failureCount > 0 || flight == nil && spool?.files.isEmpty ?? true
    }

    private func isPastDeadline(at now: MonotonicTime) -> Bool {
        if case .closing(let deadline) = phase { now >= deadline } else { false }
    }

    /// When there may be something to do again, unless somebody wakes the spooler before.
    private func nextSpoolingTime(after now: MonotonicTime) -> MonotonicTime? {
        var times: [MonotonicTime] = []
        if drops.unreported > 0, let nextDropReport { times.append(nextDropReport) }
        if case .closing(let deadline) = phase { times.append(deadline) }
        if let spool {
            if let adoption = spool.nextAdoption { times.append(adoption) }
            let oldest = flight.flatMap { $0.isInMemoryOnly ? $0.batch : nil } ?? buffer.oldestBatch
            if let due = oldest.map({ $0.oldest + settings.spoolAfter }), due > now { times.append(due) }
            if let retryAt = spool.retryAt, retryAt > now { times.append(retryAt) }
        }
        return times.min()
    }
}
