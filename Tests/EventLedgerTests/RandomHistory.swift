import LedgerTestSupport
import WorkflowEvents
import WorkflowEventsPostgres

/// Batches of events as no workflow would emit them: out of order, in pairs that do not match, with equal times, across
/// the end of a month.
struct RandomHistory {
    private var generator: SplitMix64

    init(seed: UInt64) {
        generator = SplitMix64(state: seed)
    }

    /// The next batch, of one to nine events of forty runs.
    mutating func nextBatch() -> [WorkflowEvent] {
        (0..<number(in: 1...9)).map { _ in
            let phase = [Phase.start, .end, .fail][number(in: 0...2)]
            var event = WorkflowEvent(
                ts: Self.begin.advanced(minutes: Int64(number(in: 0...400)) * 20), runID: "run-\(number(in: 0...39))",
                node: [Node.plan, .lyrics, .review][number(in: 0...2)], phase: phase)
            // Over the whole range of the histogram, as many of each size.
            if phase != .start { event.durationMS = 1 << number(in: 0...40) + number(in: 0...99) }
            event.issues = [[], [], [], ["x"], ["y", "x"]][number(in: 0...4)]
            if number(in: 0...1) == 0 { event.executionID = Self.executionIDs[number(in: 0...99)] }
            if number(in: 0...30) == 0 {
                event.node = "runledger.drop"
                event.phase = .fail
                event.runID = "runledger:tests"
            }
            return event
        }
    }

    /// A number in `range`.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    /// A time in the days of the events, sometimes a whole hour or day.
    mutating func time() -> Timestamp {
        switch number(in: 0...3) {
        case 0: Self.begin.advanced(minutes: Int64(number(in: 0...130)) * 60)
        case 1: Self.begin.advanced(minutes: Int64(number(in: 0...5)) * 1440 + 120)
        default: Self.begin.advanced(minutes: Int64(number(in: 0...8000)))
        }
    }

    /// 2026-02-27T22:00:00Z
    private static let begin = Timestamp(microsecondsSince1970: 1_772_229_600_000_000)
    private static let executionIDs = (0..<100).map { _ in UUIDv7.next() }
}

extension Timestamp {
    fileprivate func advanced(minutes: Int64) -> Timestamp {
        Timestamp(microsecondsSince1970: microsecondsSince1970 + minutes * 60_000_000)
    }
}

/// A generator that gives the same numbers for the same seed.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
