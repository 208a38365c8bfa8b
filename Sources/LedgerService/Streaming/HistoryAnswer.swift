/// A page that was read for a subscriber.
struct HistoryAnswer: Sendable {
    var block: FrameBlock
    /// Whether the runs of its filter are too long to be read whole; the next request says so.
    var hasLongRuns: Bool
}
