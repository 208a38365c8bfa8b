/// The one batch that is being delivered, from when it is taken until the destination has stored it.
package struct Flight: Sendable {
    /// The events; `nil` until they are read from the file.
    package var batch: EventBatch?
    /// The file that holds the batch, `nil` if memory alone or a journal does.
    package var file: SpoolFile?
    /// Where each event stands in the file, if the file holds others before them that are not sent.
    package var positions: [Int]?
    /// When to send again after a failure.
    package var retryAt: MonotonicTime?
    /// Whether the spooler is writing the batch to a file now.
    package var isBeingStored = false

    /// Whether the events count against the buffer.
    package var isInMemoryOnly: Bool { file == nil }

    /// The position in the original batch of the event that was sent at `index`.
    func position(of index: Int) -> Int { positions?[index] ?? index }
}
