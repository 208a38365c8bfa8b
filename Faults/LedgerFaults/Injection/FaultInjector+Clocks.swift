extension FaultInjector {
    /// Sets clocks forth or back, and after a while the other way.
    func happenToClocks(_ fault: Fault) async throws -> Bool {
        guard let clocks = world.clocks else { return false }
        let (stepped, steps) =
            switch fault.kind {
            case .serverClockStepped: ([clocks.server], Self.serverSteps)
            case .replicaClockStepped: ([clocks.replicas[fault.choice % clocks.replicas.count]], Self.replicaSteps)
            default: (clocks.all, Self.commonSteps)
            }
        let step = steps[fault.choice / clocks.replicas.count % steps.count]
        for clock in stepped { clock.step(by: step) }
        try? await Task.sleep(for: fault.span)
        for clock in stepped { clock.step(by: .zero - step) }
        return true
    }

    private static let hour = Duration.seconds(3600)
    private static let day = hour * 24
    private static let commonSteps = [.seconds(1), .seconds(-1), hour, hour * -1]
    /// By PostgreSQL's clock, events are refused that lie a day ahead of it, and keys forgotten after a week; what goes
    /// beyond these comes when nobody writes, see ``MonthsAway``.
    private static let serverSteps = commonSteps + [day * 6]
    /// Events that a replica gives their time may lie in another month, but no day ahead of PostgreSQL.
    private static let replicaSteps = commonSteps + [day * -31]
}
