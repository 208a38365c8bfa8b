import Synchronization

/// The newest stretch of the ledger, shared by every subscriber that keeps up.
final class FrameRing: Sendable {
    /// What there is for a subscriber.
    enum Lookup {
        /// The next lies in this block.
        case block(FrameBlock)
        /// It has been pushed out; the ring begins behind this position.
        case gone(upTo: Int64)
        /// Nothing yet.
        case nothing
    }

    private struct State {
        var blocks: [FrameBlock] = []
        var byteCount = 0
        var isActive = false
    }

    private let maximumBytes: Int
    private let state = Mutex(State())

    /// A ring of about `maximumBytes` of JSON; the newest block is kept whatever its size.
    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Begins with `block`, which may be empty.
    func start(_ block: FrameBlock) {
        state.withLock { state in
            state = State(blocks: [block], byteCount: block.byteCount, isActive: true)
        }
    }

    /// Appends `block`, which begins where the last one ended.
    func append(_ block: FrameBlock) {
        state.withLock { state in
            state.blocks.append(block)
            state.byteCount += block.byteCount
            while state.byteCount > maximumBytes, state.blocks.count > 1 {
                state.byteCount -= state.blocks.removeFirst().byteCount
            }
        }
    }

    /// Holds nothing any more, as nobody reads it.
    func stop() {
        state.withLock { $0 = State() }
    }

    /// The last position in it; `nil` while it is stopped.
    var end: Int64? {
        state.withLock { $0.isActive ? $0.blocks.last?.end : nil }
    }

    /// What lies behind `position`.
    func next(after position: Int64) -> Lookup {
        state.withLock { state in
            let blocks = state.blocks
            guard let first = blocks.first, let last = blocks.last, position < last.end else { return .nothing }
            guard position >= first.start else { return .gone(upTo: first.start) }
            var (low, high) = (blocks.startIndex, blocks.endIndex - 1)
            while low < high {
                let middle = (low + high) / 2
                if blocks[middle].end > position { high = middle } else { low = middle + 1 }
            }
            return .block(blocks[low])
        }
    }
}
