/// How an attempt to deliver ended.
package enum DeliveryOutcome: Sendable, Hashable {
    /// The receiver answered with this HTTP status and, if it named one, this wait (``RetryAfter``).
    case response(status: Int, retryAfter: Duration?)
    /// There was no answer, for this reason: the connection failed, timed out or was cut.
    case noResponse(String)
}
