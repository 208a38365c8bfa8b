import WorkflowEvents

extension Timestamp {
    /// The time so much later, to the microsecond.
    static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(
            microsecondsSince1970: time.microsecondsSince1970 + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    /// The time between two; negative if the second is the later one.
    static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        .microseconds(later.microsecondsSince1970 - earlier.microsecondsSince1970)
    }
}
