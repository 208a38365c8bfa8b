/// What the sink knows of its spool without looking at the disk: the files to deliver, oldest first, and their size.
package struct SpoolIndex: Sendable {
    /// The subdirectory that this process writes in.
    package let owner: String
    package let maximumBytes: Int
    /// The files that wait for delivery.
    package var files = FIFO<SpoolFile>()
    /// The bytes of all undelivered files, the one in flight and open journals included.
    package var bytes = 0
    /// Before this time nothing is written, for a write has just failed.
    package var retryAt: MonotonicTime?
    /// Before this time no file is read, for one could not be.
    package var readRetryAt: MonotonicTime?
    /// Whether batches wait in memory because there is no room.
    package var isBlocked = false
    /// When to look for what processes that are gone have left; `nil` at once.
    package var nextAdoption: MonotonicTime?

    package init(owner: String, maximumBytes: Int) {
        self.owner = owner
        self.maximumBytes = maximumBytes
    }

    /// Whether the first look for files of processes that are gone is over: their events go first.
    package var isScanned: Bool { nextAdoption != nil }

    /// The bytes that may still be written.
    package var room: Int { max(0, maximumBytes - bytes) }
}
