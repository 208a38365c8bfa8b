/// When which fault happens: rounds in which each kind comes once, in an order and at a pace of each round's own, so
/// that faults come alone and on top of each other.
struct Schedule: Sendable {
    struct Entry: Sendable {
        let time: Duration
        let fault: Fault
    }

    let entries: [Entry]

    init(seed: UInt64, duration: Duration, kinds: [Fault.Kind]) {
        var generator = SeededGenerator(seed: seed, for: "schedule")
        var entries: [Entry] = []
        var time = Self.quietBefore
        // A short run has time for one round at the quickest pace.
        let isShort = duration < .seconds(60)
        let paces = isShort ? Array(Self.paces.prefix(1)) : Self.paces
        while time < duration {
            let pace = paces.randomElement(using: &generator) ?? Self.paces[0]
            for kind in kinds.shuffled(using: &generator) where time < duration {
                entries.append(Entry(time: time, fault: Fault(kind, mayBeLong: !isShort, using: &generator)))
                time += generator.duration(milliseconds: pace / 10...pace * 2)
            }
            time += Self.quietBetween
        }
        self.entries = entries
    }

    private static let quietBefore = Duration.seconds(1)
    private static let quietBetween = Duration.seconds(2)
    /// Milliseconds from one fault to the next, about.
    private static let paces = [400, 800, 800, 2500]
}
