import NIOCore
import Synchronization

/// The subscribers of one event loop. They are added, called and removed on it.
final class SubscriberGroup: @unchecked Sendable {
    private let eventLoop: any EventLoop
    private var subscriptions: [ObjectIdentifier: Subscription] = [:]
    private let isPumpScheduled = Atomic(false)
    private var upkeep: RepeatedTask?
    private static let upkeepInterval = TimeAmount.seconds(5)

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ subscription: Subscription) {
        subscriptions[ObjectIdentifier(subscription)] = subscription
        guard upkeep == nil else { return }
        upkeep = eventLoop.scheduleRepeatedTask(
            initialDelay: Self.upkeepInterval, delay: Self.upkeepInterval
        ) { _ in
            let now = NIODeadline.now()
            self.forEach { $0.keepAlive(now: now) }
        }
    }

    func remove(_ subscription: Subscription) {
        subscriptions[ObjectIdentifier(subscription)] = nil
        guard subscriptions.isEmpty else { return }
        upkeep?.cancel()
        upkeep = nil
    }

    /// Has every subscriber write what there is now; calls before it gets to that become one.
    func pump() {
        guard !isPumpScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.execute {
            self.isPumpScheduled.store(false, ordering: .releasing)
            self.forEach { $0.pump() }
        }
    }

    /// Ends every stream.
    func end(_ ending: StreamEnding) {
        eventLoop.execute { self.forEach { $0.end(ending) } }
    }

    /// Ends the streams that were opened with a token of one of `tokenNames`.
    func end(_ ending: StreamEnding, of tokenNames: Set<String>) {
        eventLoop.execute {
            self.forEach { subscription in
                if let name = subscription.tokenName, tokenNames.contains(name) { subscription.end(ending) }
            }
        }
    }

    private func forEach(_ body: (Subscription) -> Void) {
        // A copy, as subscribers come and go meanwhile.
        for subscription in Array(subscriptions.values) { body(subscription) }
    }
}
