/// How many events are read at a time, for a page to come to about a megabyte.
struct PageLimit {
    /// At most so many.
    private(set) var count: Int

    /// A page ends with the event with which it has so many bytes.
    static let maximumBytes = 1 << 20
    private static let maximumCount = 1000

    /// Begins with pages of `count` events.
    init(count: Int) {
        self.count = count
    }

    /// Learns from the page `block` how large the next may be.
    mutating func adapt(to block: FrameBlock) {
        let fitting = block.byteCount > 0 ? block.eventCount * Self.maximumBytes / block.byteCount : Self.maximumCount
        count = max(1, min(fitting, count * 2, Self.maximumCount))
    }
}
