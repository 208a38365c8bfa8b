import HTTPTypes
import Synchronization

/// The memory that the bodies of all requests share.
final class BodyMemory: Sendable {
    private let capacity: Int
    private let used = Mutex(0)

    /// Room for `capacity` bytes.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many bytes are taken.
    var usedByteCount: Int { used.withLock { $0 } }

    /// Lets `body` take room, all of which is free again when this returns.
    ///
    /// - Throws: what `body` throws.
    func withShare<R>(_ body: (inout Share) async throws -> R) async rethrows -> R {
        var share = Share(memory: self)
        defer { release(share.byteCount) }
        return try await body(&share)
    }

    /// What one request has taken.
    struct Share: ~Copyable {
        fileprivate let memory: BodyMemory
        fileprivate(set) var byteCount = 0

        /// Takes room for `count` more bytes.
        ///
        /// - Throws: ``Problem`` 503 where there is none.
        mutating func take(_ count: Int) throws(Problem) {
            guard memory.take(count) else { throw BodyMemory.full }
            byteCount += count
        }

        /// Looks whether there is room for `count` bytes, without taking it.
        ///
        /// - Throws: ``Problem`` 503 where there is none.
        func expect(_ count: Int) throws(Problem) {
            guard memory.usedByteCount + count <= memory.capacity else { throw BodyMemory.full }
        }
    }

    private func take(_ count: Int) -> Bool {
        used.withLock { used in
            guard used + count <= capacity else { return false }
            used += count
            return true
        }
    }

    private func release(_ count: Int) {
        used.withLock { $0 -= count }
    }

    private static let full = Problem(
        .serviceUnavailable, "Too many requests are on their way; nothing was stored. Send this one again in a moment.",
        headers: [.retryAfter: "1"])
}
