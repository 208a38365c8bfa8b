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

        /// Reads a position, or a time as RFC 3339 or a date has it; `nil` if `text` is neither.
        package init?(_ text: String) {
            if let position = Int64(text) {
                guard position >= 0 else { return nil }
                self = .position(position)
            } else if let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") {
                self = .time(time)
            } else {
                return nil
            }
        }
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
