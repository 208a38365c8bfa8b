/// How long to wait before a batch is sent again: random, between 100 ms and a ceiling that doubles up to 10 s.
///
/// The randomness keeps many processes that lost one database from coming back all at once.
package struct Backoff: Sendable {
    package let minimum: Duration
    package let maximum: Duration
    /// How often sending has failed since it last succeeded.
    package private(set) var failureCount = 0
    private var random: any RandomNumberGenerator & Sendable

    package init(
        minimum: Duration = .milliseconds(100), maximum: Duration = .seconds(10),
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.random = random
    }

    /// Counts a failure and says how long to wait after it.
    package mutating func nextDelay() -> Duration {
        failureCount += 1
        let ceiling = min(maximum, minimum * (1 << min(failureCount, 20)))
        return minimum + (ceiling - minimum) * Double.random(in: 0...1, using: &random)
    }

    /// Forgets the failures: sending works.
    package mutating func reset() { failureCount = 0 }
}
