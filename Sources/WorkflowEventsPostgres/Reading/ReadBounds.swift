package import WorkflowEvents

/// Where a read of the bounded views ends.
package struct ReadBounds: Sendable, Hashable {
    /// Up to where the history counts.
    package enum AsOf: Sendable, Hashable {
        /// Everything acknowledged before the read.
        case now
        /// Every event up to this position, from 0.
        case position(Int64)
        /// Every event that had a position by this time.
        case time(Timestamp)
    }

    package var asOf: AsOf
    /// Only events recorded at or after this time; `nil` for no bound.
    package var recordedSince: Timestamp?
    /// Only events recorded before this time; `nil` for no bound.
    package var recordedUntil: Timestamp?

    /// Bounds with what is given; without anything, everything there is.
    package init(asOf: AsOf = .now, recordedSince: Timestamp? = nil, recordedUntil: Timestamp? = nil) {
        self.asOf = asOf
        self.recordedSince = recordedSince
        self.recordedUntil = recordedUntil
    }
}

/// Why a ledger cannot be read as of a position.
package enum ReadBoundsError: Error, Sendable, Hashable {
    /// The ledger ends before it.
    case beyondHead(Int64)
    /// Events that were there then may have been removed since; older ones than this time.
    case notRetained(Timestamp)
}
