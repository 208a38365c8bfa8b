package import NIOCore
import Synchronization
import WorkflowEvents
package import WorkflowEventsPostgres

/// A stretch of the history as it goes over the wire, encoded once for every subscriber.
package final class FrameBlock: Sendable {
    /// What filters look at.
    struct Entry: Sendable {
        var position: Int64
        var runID: String
        var runHash: Int
        var node: Node
        var phase: Phase
    }

    /// The frames of every entry, one behind the other.
    private struct Frames: Sendable {
        var bytes = ByteBuffer()
        /// Where each entry's frame ends.
        var ends: [Int] = []
    }

    /// The stretch holds what lies after this position …
    let start: Int64
    /// … up to this one.
    let end: Int64
    private let entries: [Entry]
    private let texts: Frames
    private let frames = Mutex<[FrameForm: Frames]>([:])

    /// The block of `events`, which are what there is after position `start` up to `end`.
    package init(_ events: [StoredEvent], after start: Int64, through end: Int64) {
        self.start = start
        self.end = end
        self.entries = events.map { stored in
            let event = stored.event
            return Entry(
                position: stored.position, runID: event.runID, runHash: event.runID.hashValue, node: event.node,
                phase: event.phase)
        }
        var json: [UInt8] = []
        var texts = Frames()
        texts.ends.reserveCapacity(events.count)
        for stored in events {
            stored.appendJSON(to: &json)
            texts.ends.append(json.count)
        }
        texts.bytes.writeBytes(json)
        self.texts = texts
    }

    /// How many bytes of JSON it holds.
    var byteCount: Int { texts.bytes.readableBytes }

    /// How many events it holds.
    var eventCount: Int { entries.count }

    /// Hands out the frames of what passes `filter` after position `position` up to `limit`, neighbours in one piece.
    ///
    /// - Returns: the position behind which it continues.
    package func read(
        after position: Int64, through limit: Int64, _ filter: StreamFilter, as form: FrameForm,
        _ write: (ByteBuffer) -> Void
    ) -> Int64 {
        let first = index(after: position)
        let last = limit >= end ? entries.count : index(after: limit)
        if first < last {
            let frames = frames(form)
            if filter.isEverything {
                hand(frames, first, last)
            } else {
                var run: Int?
                for index in first..<last {
                    if filter.matches(entries[index]) {
                        run = run ?? index
                    } else if let begin = run {
                        hand(frames, begin, index)
                        run = nil
                    }
                }
                if let run { hand(frames, run, last) }
            }
        }
        return min(limit, end)

        func hand(_ frames: Frames, _ first: Int, _ last: Int) {
            let begin = first == 0 ? 0 : frames.ends[first - 1]
            if let slice = frames.bytes.getSlice(at: begin, length: frames.ends[last - 1] - begin) { write(slice) }
        }
    }

    /// The first entry behind `position`.
    private func index(after position: Int64) -> Int {
        guard position > start else { return 0 }
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].position > position { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The frames in `form`, made when they are first asked for.
    private func frames(_ form: FrameForm) -> Frames {
        frames.withLock { known in
            if let frames = known[form] { return frames }
            var frames = Frames()
            frames.bytes.reserveCapacity(texts.bytes.readableBytes + 48 * entries.count)
            frames.ends.reserveCapacity(entries.count)
            var begin = 0
            for (entry, textEnd) in zip(entries, texts.ends) {
                let text = texts.bytes.viewBytes(at: begin, length: textEnd - begin)!
                form.append(text, position: entry.position, to: &frames.bytes)
                frames.ends.append(frames.bytes.writerIndex)
                begin = textEnd
            }
            known[form] = frames
            return frames
        }
    }
}
