import NIOCore
import Synchronization

/// How many connections of clients there are, and how many there may be.
final class ConnectionCount: Sendable {
    /// Connections that are served.
    let maximum: Int
    private let count = Atomic(0)

    /// So many more are accepted, to be told that there are too many.
    static let spare = 64

    /// Room for `maximum` connections.
    init(maximum: Int) {
        self.maximum = maximum
    }

    /// How many there are.
    var current: Int { count.load(ordering: .relaxed) }

    /// Counts `channel` until it closes; whether there was room for it.
    func add(_ channel: any Channel) -> Bool {
        let now = count.add(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { _ in self.count.subtract(1, ordering: .relaxed) }
        return now <= maximum
    }
}
