import Synchronization

/// What is found out about a request on its way, for its log record.
final class RequestRecord: Sendable {
    struct Values {
        var tokenName: String?
    }

    private let values = Mutex(Values())

    func withLock<R: Sendable>(_ body: (inout Values) -> R) -> R {
        values.withLock { body(&$0) }
    }
}
