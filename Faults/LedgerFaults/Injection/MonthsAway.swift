import LibPQ
import WorkflowEvents

/// Sets PostgreSQL's clock a month forth, and a month back, when everybody else has written what they had to: while it
/// is so far off, events of the right time are refused and idempotency keys forgotten, as the ledger says it does.
struct MonthsAway: Sendable {
    let world: World
    /// Writes meanwhile, and nothing else.
    let writer: RawWriter

    private static let month = Duration.seconds(31 * 86_400)
    private static let batchCount = 5

    func happen() async throws {
        guard let clock = world.clocks?.server else { return }
        for (step, past) in [(Self.month, Duration.zero), (.zero - Self.month, Self.month)] {
            clock.step(by: step)
            defer { clock.step(by: .zero - step) }
            for _ in 0..<Self.batchCount {
                try await writer.write(at: Timestamp.now.microsecondsSince1970 - Int64(past / .microseconds(1)))
                _ = try await world.value("select sequence()", as: Int64.self)
                _ = try await world.value("select roll_up()", as: Int64?.self)
            }
        }
    }
}
