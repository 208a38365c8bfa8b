import NIOCore

/// Whether the client of a stream still lives.
struct StreamLife {
    enum Verdict {
        case fine
        /// It has been quiet for long: send it a ping.
        case ask
        case dead
    }

    private var lastHeard = NIODeadline.now()
    private var askedAt: NIODeadline?
    private var stalledSince: NIODeadline?

    /// After so much silence a ping is sent, and so long its pong is waited for.
    static let patience = TimeAmount.seconds(20)
    /// So long a client may take nothing at all. A ping to it would wait behind what it has not taken.
    static let maximumStall = TimeAmount.seconds(120)

    /// Something has arrived.
    mutating func heard() {
        lastHeard = .now()
        askedAt = nil
    }

    /// The connection takes more, or does not.
    mutating func setWritable(_ isWritable: Bool) {
        stalledSince = isWritable ? nil : .now()
        askedAt = nil
    }

    /// Whether it has taken anything for the last two minutes.
    func isTakingSomething(_ now: NIODeadline) -> Bool {
        stalledSince.map { now - $0 <= Self.maximumStall } ?? true
    }

    /// What to do about the client of a WebSocket at `now`.
    mutating func check(_ now: NIODeadline) -> Verdict {
        if stalledSince != nil { return isTakingSomething(now) ? .fine : .dead }
        if let askedAt { return now - askedAt > Self.patience ? .dead : .fine }
        guard now - lastHeard > Self.patience else { return .fine }
        askedAt = now
        return .ask
    }
}
