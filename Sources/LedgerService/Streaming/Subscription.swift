import EventLedger
import Foundation
import LibPQ
import NIOCore

/// A subscriber: a cursor that moves through the ledger as fast as the client takes what it passes.
///
/// It reads from the ring while it keeps up and from the database, a page at a time, when it does not; the positions
/// alone decide, so there is neither a gap nor a repeat where one source follows the other. Once begun it is used on its
/// event loop only, which is why it may be called `Sendable`.
final class Subscription: @unchecked Sendable {
    /// The token that opened it and has to stay good; `nil` if it always is.
    let tokenName: String?
    private let hub: StreamHub
    private let filter: StreamFilter
    /// The head of the ledger when it was made: what lies up to here is history.
    private let historyEnd: Int64
    private let ledgerID: UUID
    private(set) var eventLoop: (any EventLoop)?
    private weak var output: (any StreamOutput)?

    /// Everything up to here has been handed to the output.
    private var position: Int64
    private var isCaughtUp = false
    private var isReading = false
    private var isPumping = false
    private var isClosed = false
    private var pageLimit = PageLimit(count: firstPageLimit)
    private var hasLongRuns = false
    /// Since when the database has not answered.
    private var failingSince: NIODeadline?

    /// So little is read first, for the first frame to come soon.
    private static let firstPageLimit = 200
    /// So much is written before other subscribers of the event loop have their turn.
    private static let turnBytes = 4 << 20
    private static let retryInterval = TimeAmount.milliseconds(500)
    private static let maximumFailureTime = TimeAmount.seconds(30)

    /// A subscription to what passes `filter` after `position` in a ledger whose head is `head`.
    init(
        hub: StreamHub, tokenName: String?, filter: StreamFilter, after position: Int64, head: Int64, ledgerID: UUID
    ) {
        self.hub = hub
        self.tokenName = tokenName
        self.filter = filter
        self.position = position
        self.historyEnd = head
        self.ledgerID = ledgerID
    }

    /// Begins to write to `output`, on `eventLoop`, which is the current one.
    func begin(_ output: any StreamOutput, on eventLoop: any EventLoop) {
        guard !isClosed else { return output.end(.shutdown) }
        self.output = output
        self.eventLoop = eventLoop
        hub.add(self, on: eventLoop)
        pump()
    }

    /// Gives its place up; nothing is written any more. On its event loop, or before it has begun.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        hub.remove(self, from: eventLoop)
    }

    /// Tells the client why, and closes.
    func end(_ ending: StreamEnding) {
        guard !isClosed, let output else { return }
        if case .shutdown = ending {
            output.write(output.form.control(StreamControl.closing))
        }
        close()
        output.end(ending)
    }

    /// Ends the stream of a client that shows no sign of life.
    func keepAlive(now: NIODeadline) {
        guard !isClosed, let output else { return }
        if !output.keepAlive(now: now) { end(.unresponsive) }
    }

    /// Writes what there is, for as long as the client takes it.
    func pump() {
        // Flushing may make the output writable again, which comes back here.
        guard !isPumping, !isClosed, let output else { return }
        isPumping = true
        defer { isPumping = false }
        var turn = 0
        while output.isWritable, !isReading, !isClosed {
            let written = advance(output)
            guard written > 0 else { break }
            turn += written
            // What is pending counts until it is flushed.
            if !output.isWritable { output.flush() }
            if turn > Self.turnBytes {
                eventLoop?.execute { self.pump() }
                break
            }
        }
        if turn > 0 { output.flush() }
    }

    /// Writes the next stretch; how many steps that was worth, 0 if there is nothing to write now.
    private func advance(_ output: any StreamOutput) -> Int {
        if !isCaughtUp, position >= historyEnd {
            isCaughtUp = true
            output.write(output.form.control(StreamControl.caughtUp(position: historyEnd, ledgerID: ledgerID)))
            return 1
        }
        switch hub.ring.next(after: position) {
        case .block(let block):
            return write(block, to: output)
        case .gone(let ringStart):
            read(through: isCaughtUp ? ringStart : min(ringStart, historyEnd))
        case .nothing where !isCaughtUp:
            read(through: historyEnd)
        case .nothing:
            break
        }
        return 0
    }

    private func write(_ block: FrameBlock, to output: any StreamOutput) -> Int {
        var byteCount = 1
        // `caught_up` comes between the history and the rest, so a block that holds both goes in two.
        position = block.read(
            after: position, through: isCaughtUp ? .max : historyEnd, filter, as: output.form
        ) { bytes in
            byteCount += bytes.readableBytes
            output.write(bytes)
        }
        return byteCount
    }

    // MARK: From the database

    private func read(through end: Int64) {
        guard let eventLoop else { return }
        isReading = true
        if isCaughtUp { hub.countRingMiss() }
        hub.read(
            HistoryRequest(
                filter: filter.events, after: position, through: end, limit: pageLimit.count, hasLongRuns: hasLongRuns)
        ) { result in
            eventLoop.execute { self.take(result) }
        }
    }

    private func take(_ result: Result<HistoryAnswer, any Error>) {
        guard !isClosed, let output, let eventLoop else { return }
        switch result {
        case .success(let answer) where answer.block.end > position:
            failingSince = nil
            pageLimit.adapt(to: answer.block)
            hasLongRuns = answer.hasLongRuns
            isReading = false
            _ = write(answer.block, to: output)
            output.flush()
            return pump()
        case .success:
            // What has a position cannot be seen yet.
            break
        case .failure(let error):
            guard let error = error as? PostgresError, error.isRetryable else { return end(.failed) }
            let now = NIODeadline.now()
            let since = failingSince ?? now
            failingSince = since
            if now - since > Self.maximumFailureTime { return end(.databaseAway) }
        }
        eventLoop.scheduleTask(in: Self.retryInterval) {
            self.isReading = false
            self.pump()
        }
    }
}
