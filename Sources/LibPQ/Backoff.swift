/// Waits that double up to a limit, each drawn at random below it, so that many clients do not return at once.
package struct Backoff: Sendable {
    private let initial: Duration
    private let maximum: Duration
    private var ceiling: Duration
    private var generator: any RandomNumberGenerator & Sendable

    /// - Parameters:
    ///   - initial: the limit of the first wait; 100 ms.
    ///   - maximum: the limit that no wait exceeds; 10 s.
    ///   - generator: where the jitter comes from; a seeded one makes the waits predictable.
    package init(
        initial: Duration = .milliseconds(100), maximum: Duration = .seconds(10),
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        precondition(initial > .zero && maximum >= initial, "a backoff grows from above zero")
        self.initial = initial
        self.maximum = maximum
        self.ceiling = initial
        self.generator = generator
    }

    /// How long to wait before the next try: anything from zero to the present limit ("full jitter").
    package mutating func next() -> Duration {
        defer { ceiling = min(maximum, ceiling * 2) }
        return ceiling * Double.random(in: 0...1, using: &generator)
    }

    /// Starts again at the first limit, after a success.
    package mutating func reset() {
        ceiling = initial
    }
}
