import Foundation
import Synchronization

/// What all connections of a proxy suffer for a while.
final class ProxyWeather: Sendable {
    private struct State {
        var frozenUntil = ContinuousClock.now
        var delayedUntil = ContinuousClock.now
        var refusedUntil = ContinuousClock.now
    }

    private let state = Mutex(State())
    private static let delay = 0.02
    private static let step = 0.01

    func freeze(for span: Duration) { state.withLock { $0.frozenUntil = .now + span } }
    func delay(for span: Duration) { state.withLock { $0.delayedUntil = .now + span } }
    func refuse(for span: Duration) { state.withLock { $0.refusedUntil = .now + span } }
    func clear() { state.withLock { $0 = State() } }

    /// Whether a new connection is turned away.
    var isRefusing: Bool { state.withLock { $0.refusedUntil > .now } }

    /// Returns when a piece may go on.
    func pass() {
        if state.withLock({ $0.delayedUntil > .now }) { Thread.sleep(forTimeInterval: Self.delay) }
        while state.withLock({ $0.frozenUntil > .now }) { Thread.sleep(forTimeInterval: Self.step) }
    }
}
