import EventLedger
import Foundation
import HTTPTypes
import LedgerAccess
package import LibPQ
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
package import WorkflowEventsPostgres

/// Feeds every subscriber of this process from one tail of the ledger.
///
/// While there are subscribers, whatever is committed is read and encoded once, put into the ring, and each event loop
/// is told. Without any, committed batches only get their positions.
package final class StreamHub: Service {
    private struct State {
        var groups: [ObjectIdentifier: SubscriberGroup] = [:]
        var subscriberCount = 0
        /// How many subscribers there are of each token that may be revoked or expire.
        var tokenNames: [String: Int] = [:]
        var isClosing = false
        var ledgerID: UUID?

        mutating func freePlace(_ tokenName: String?) {
            subscriberCount -= 1
            guard let tokenName, let count = tokenNames[tokenName] else { return }
            tokenNames[tokenName] = count > 1 ? count - 1 : nil
        }
    }

    let ring: FrameRing
    private let ledger: Ledger
    private let head: SharedHead
    private let desk: HistoryDesk
    private let tokens: TokenRepository
    private let wakeUps: WakeUps
    private let maximumSubscribers: Int
    private let logger: Logger
    private let state = Mutex(State())
    private let ringMisses = Atomic(0)

    /// Passes begin no closer than this, so that a burst of commits shares them.
    private static let passInterval = Duration.milliseconds(3)
    /// Without subscribers they begin no closer than this: many batches are numbered for little more than one is.
    private static let idleInterval = Duration.milliseconds(200)
    private static let firstPageLimit = 500
    /// So often it is looked whether the tokens of all subscribers are still good.
    private static let tokenInterval = Duration.seconds(5)

    /// A hub on the ledger in `database`, read over connections of `pool`.
    package init(database: LedgerDatabase, pool: PostgresPool, settings: ServiceSettings, logger: Logger) {
        self.ring = FrameRing(maximumBytes: settings.ringBytes)
        let ledger = Ledger(pool: pool)
        self.ledger = ledger
        self.head = SharedHead { try await ledger.sequence() }
        self.desk = HistoryDesk(ledger: ledger, logger: logger)
        self.tokens = TokenRepository(pool: pool)
        self.wakeUps = WakeUps(database: database, logger: logger)
        self.maximumSubscribers = settings.maximumSubscribers
        self.logger = logger
    }

    /// Says that a batch has been committed by this process.
    package func wake() {
        if subscriberCount > 0 { wakeUps.wake() }
    }

    /// Tells every subscriber that the service closes, and ends its stream.
    package func beginShutdown() {
        let groups = state.withLock { state in
            state.isClosing = true
            return Array(state.groups.values)
        }
        for group in groups { group.end(.shutdown) }
    }

    /// How many streams are open.
    package var subscriberCount: Int { state.withLock { $0.subscriberCount } }

    /// How often a subscriber that had caught up has had to go back to the database.
    package var ringMissCount: Int { ringMisses.load(ordering: .relaxed) }

    // MARK: Subscribers

    /// A subscription to what passes `filter` after `position`, or `nil` for what is new; it holds a place until closed.
    ///
    /// - Parameter tokenName: the token that has to stay good for it; `nil` if it always is.
    /// - Throws: ``Problem``: 503 without a free place, 409 beyond the head; or an error of the database connection.
    func subscribe(
        _ filter: EventFilter, after position: Int64?, tokenName: String?
    ) async throws -> Subscription {
        try state.withLock { state in
            guard !state.isClosing, state.subscriberCount < maximumSubscribers else {
                throw Problem(
                    .serviceUnavailable,
                    state.isClosing
                        ? "The service is about to stop." : "There are \(maximumSubscribers) streams already.",
                    headers: [.retryAfter: "1"])
            }
            state.subscriberCount += 1
            if let tokenName { state.tokenNames[tokenName, default: 0] += 1 }
        }
        do {
            let ledgerID = try await ledgerID()
            let head = try await self.head.position()
            if let position, position > head {
                throw Problem(
                    .conflict,
                    "Position \(position) is not in this ledger, which ends at \(head); after=0 is the beginning.")
            }
            return Subscription(
                hub: self, tokenName: tokenName, filter: StreamFilter(filter), after: position ?? head, head: head,
                ledgerID: ledgerID)
        } catch {
            state.withLock { $0.freePlace(tokenName) }
            throw error
        }
    }

    /// What tells the ledger from others; it never changes.
    private func ledgerID() async throws -> UUID {
        if let known = state.withLock({ $0.ledgerID }) { return known }
        let id = try await ledger.id()
        state.withLock { $0.ledgerID = id }
        return id
    }

    /// Takes `subscription` among those told of news.
    func add(_ subscription: Subscription, on eventLoop: any EventLoop) {
        let (group, isClosing) = state.withLock { state in
            let group = state.groups[ObjectIdentifier(eventLoop)] ?? SubscriberGroup(eventLoop)
            state.groups[ObjectIdentifier(eventLoop)] = group
            return (group, state.isClosing)
        }
        group.add(subscription)
        if isClosing { group.end(.shutdown) } else { wakeUps.wake() }
    }

    /// Gives the place of `subscription` up.
    func remove(_ subscription: Subscription, from eventLoop: (any EventLoop)?) {
        let group = state.withLock { state in
            state.freePlace(subscription.tokenName)
            return eventLoop.flatMap { state.groups[ObjectIdentifier($0)] }
        }
        group?.remove(subscription)
    }

    func read(_ request: HistoryRequest, _ reply: @escaping @Sendable (Result<HistoryAnswer, any Error>) -> Void) {
        desk.submit(request, reply)
    }

    func countRingMiss() {
        ringMisses.add(1, ordering: .relaxed)
    }

    // MARK: The tail

    package func run() async throws {
        await withTaskGroup { group in
            group.addTask { await self.desk.run() }
            group.addTask { try? await self.feed() }
            group.addTask { try? await self.watchTokens() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
    }

    /// Ends the streams whose tokens have been revoked or have expired.
    private func watchTokens() async throws {
        while true {
            try await Task.sleep(for: Self.tokenInterval)
            let names = state.withLock { Set($0.tokenNames.keys) }
            guard !names.isEmpty else { continue }
            do {
                let invalid = names.subtracting(try await tokens.validNames(among: names))
                guard !invalid.isEmpty else { continue }
                for group in state.withLock({ Array($0.groups.values) }) { group.end(.unauthorized, of: invalid) }
            } catch {
                // Nothing new can be read either; it is looked again soon.
                logger.debug("cannot look tokens up", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func feed() async throws {
        var backoff = Backoff()
        var limit = PageLimit(count: Self.firstPageLimit)
        var lastPass = ContinuousClock.now - Self.idleInterval
        try await wakeUps.forEach {
            // The poll comes back to it, and so does the next subscriber.
            if subscriberCount == 0, .now < lastPass + Self.idleInterval { return }
            try await Task.sleep(until: lastPass + Self.passInterval)
            lastPass = .now
            do {
                try await pass(&limit)
                backoff.reset()
            } catch {
                try Task.checkCancellation()
                logger.warning("streams wait for the database", metadata: ["reason": "\(error)"])
                try await Task.sleep(for: backoff.next())
            }
        }
    }

    /// Numbers what has been committed and, if anybody wants it, puts it into the ring.
    private func pass(_ limit: inout PageLimit) async throws {
        let head = try await ledger.advance()
        guard subscriberCount > 0 else { return ring.stop() }
        guard var end = ring.end else {
            ring.start(FrameBlock([], after: head, through: head))
            return pump()
        }
        while end < head {
            let page = try await ledger.history(
                EventFilter(), after: end, through: head, limit: limit.count, maximumBytes: PageLimit.maximumBytes)
            guard page.end > end else { return }
            let block = FrameBlock(page.events, after: end, through: page.end)
            limit.adapt(to: block)
            ring.append(block)
            end = page.end
            pump()
        }
    }

    private func pump() {
        for group in state.withLock({ Array($0.groups.values) }) { group.pump() }
    }
}
