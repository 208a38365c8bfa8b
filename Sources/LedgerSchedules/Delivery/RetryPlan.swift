/// When a delivery to a webhook is tried again: after a second, then after twice as long each time, up to 15 minutes, and
/// not after 24 hours.
package struct RetryPlan: Sendable, Hashable {
    /// What follows an attempt.
    package enum Decision: Sendable, Hashable {
        case delivered
        /// Try again after this time.
        case retry(after: Duration)
        /// Give up, for this reason.
        case failed(String)
    }

    /// The wait after the first attempt; at least 2 ms.
    package var firstDelay = Duration.seconds(1)
    /// No wait of the plan's own is longer.
    package var maximumDelay = Duration.seconds(15 * 60)
    /// No attempt begins later than this after the first.
    package var maximumAge = Duration.seconds(24 * 3600)

    package init() {}

    /// What follows the attempt that ended in `outcome`.
    ///
    /// Delivered is any 2xx. Tried again is after no response, 408, 409, 425, 429 and 5xx, everything else is final, also a
    /// redirect (3xx), which is not followed. The wait is a random one between half and the whole of the plan's, so that
    /// many deliveries that failed together do not come back together; with 429 and 503 at least what `Retry-After` says.
    ///
    /// - Parameters:
    ///   - attemptCount: How many attempts there were, this one included; at least 1.
    ///   - age: The time since the first attempt.
    package func decision(
        after outcome: DeliveryOutcome, attemptCount: Int, age: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> Decision {
        precondition(attemptCount >= 1, "an outcome belongs to an attempt")
        let reason: String
        var least = Duration.zero
        switch outcome {
        case .response(200...299, _):
            return .delivered
        case .response(let status, let retryAfter) where Self.isRetryable(status):
            reason = "the webhook answered \(status)"
            if status == 429 || status == 503 { least = retryAfter ?? .zero }
        case .response(let status, _):
            return .failed(
                "the webhook answered \(status)" + (300...399 ~= status ? "; redirects are not followed" : ""))
        case .noResponse(let problem):
            reason = problem
        }
        let delay = max(least, randomDelay(attemptCount, using: &generator))
        guard age + delay <= maximumAge else {
            return .failed("\(reason), and so for too long; \(attemptCount) attempts were made")
        }
        return .retry(after: delay)
    }

    private func randomDelay(_ attemptCount: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        var delay = min(firstDelay, maximumDelay)
        var remaining = attemptCount - 1
        while remaining > 0, delay < maximumDelay {
            delay = min(delay * 2, maximumDelay)
            remaining -= 1
        }
        let milliseconds = Int64(delay / .milliseconds(1))
        return .milliseconds(Int64.random(in: milliseconds / 2...milliseconds, using: &generator))
    }

    private static func isRetryable(_ status: Int) -> Bool {
        [408, 409, 425, 429].contains(status) || 500...599 ~= status
    }
}
