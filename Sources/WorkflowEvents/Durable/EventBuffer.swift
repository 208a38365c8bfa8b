/// The events that only memory holds, cut into batches: one open at the end, full ones before it.
///
/// `bytes` counts an event from when it is appended until it is delivered or spooled, whoever holds its batch.
package struct EventBuffer: Sendable {
    package let maximumBatchCount: Int
    package let maximumBatchBytes: Int
    package let maximumBytes: Int

    package private(set) var bytes = 0
    package private(set) var count = 0
    /// The batch that is being filled; may be empty.
    package private(set) var open = EventBatch(sequence: 1, oldest: MonotonicTime(sinceOrigin: .zero))
    package private(set) var sealed = FIFO<EventBatch>()

    package init(maximumBatchCount: Int, maximumBatchBytes: Int, maximumBytes: Int) {
        self.maximumBatchCount = maximumBatchCount
        self.maximumBatchBytes = maximumBatchBytes
        self.maximumBytes = maximumBytes
    }

    /// The sequence number that the next event will get.
    package var nextSequence: UInt64 { open.endSequence }

    /// The sequence number of the oldest event here, `nil` if there is none.
    package var firstSequence: UInt64? {
        sealed.first?.sequence ?? (open.events.isEmpty ? nil : open.sequence)
    }

    /// The oldest batch here, full or not.
    package var oldestBatch: EventBatch? { sealed.first ?? (open.events.isEmpty ? nil : open) }

    /// Whether an event of this size may be appended.
    package func hasRoom(for eventBytes: Int) -> Bool { bytes + eventBytes <= maximumBytes }

    /// Appends `event` and says whether a batch became full.
    package mutating func append(
        _ event: consuming WorkflowEvent, bytes eventBytes: Int, at now: () -> MonotonicTime
    ) -> Bool {
        let overflows = sealIfOverflowing(with: eventBytes)
        if open.events.isEmpty { open.oldest = now() }
        open.events.append(event)
        open.bytes += eventBytes
        bytes += eventBytes
        count += 1
        guard open.events.count >= maximumBatchCount || open.bytes >= maximumBatchBytes else { return overflows }
        seal()
        return true
    }

    /// Closes the open batch if another `eventBytes` would make it too big, and says whether it did.
    @discardableResult
    package mutating func sealIfOverflowing(with eventBytes: Int) -> Bool {
        guard !open.events.isEmpty, open.bytes + eventBytes > maximumBatchBytes else { return false }
        seal()
        return true
    }

    /// Takes the oldest full batch out.
    package mutating func takeSealed() -> EventBatch? { sealed.popFirst() }

    /// Takes the open batch out, whatever it holds, and begins the next.
    package mutating func takeOpen() -> EventBatch {
        var next = EventBatch(sequence: open.endSequence, oldest: open.oldest)
        // A busy process fills batch after batch: growing each from nothing would cost more than all the rest.
        next.events.reserveCapacity(open.events.count)
        swap(&open, &next)
        return next
    }

    /// Puts batches that were taken back to the front.
    package mutating func putBack(_ batches: [EventBatch]) { sealed.prepend(batches) }

    /// Says that the events of `batch` are no longer held by memory alone.
    package mutating func release(_ batch: EventBatch) {
        bytes -= batch.bytes
        count -= batch.events.count
    }

    /// Sets the journal of the open batch.
    package mutating func setJournal(_ journal: Journal?) { open.journal = journal }

    /// Closes the open batch and begins the next.
    package mutating func seal() { sealed.append(takeOpen()) }
}
