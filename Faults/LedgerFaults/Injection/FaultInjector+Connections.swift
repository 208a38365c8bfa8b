extension FaultInjector {
    /// Faults of the connections between clients and PostgreSQL.
    func happenToConnections(_ fault: Fault) async throws -> Bool {
        let proxy = world.proxies[fault.choice % world.proxies.count]
        switch fault.kind {
        case .copyCut:
            return try await spring(Trap(place: .copy, act: .cut, byteCount: fault.byteCount), of: proxy)
        case .copyFrozen:
            return try await spring(
                Trap(place: .copy, act: .freeze(fault.span), byteCount: fault.byteCount), of: proxy)
        case .commitCut: return try await spring(Trap(place: .commit, act: .cut), of: proxy)
        case .commitUnheard: return try await spring(Trap(place: .commit, act: .leave), of: proxy)
        case .commitAnswerLost: return try await spring(Trap(place: .commit, act: .loseAnswer), of: proxy)
        case .connectionCut:
            return try await spring(Trap(place: .anywhere, act: .cut, byteCount: fault.byteCount), of: proxy)
        case .everythingCut: proxy.cut()
        case .everythingFrozen:
            proxy.weather.freeze(for: fault.span)
            try await Task.sleep(for: fault.span)
        case .everythingDelayed:
            proxy.weather.delay(for: fault.span)
            try await Task.sleep(for: fault.span)
        case .connectionsRefused:
            proxy.weather.refuse(for: fault.span)
            proxy.cut()
            try await Task.sleep(for: fault.span)
        default: return false
        }
        return true
    }

    private static let patience = Duration.seconds(6)

    /// Sets `trap` and waits until it has sprung; whether it has.
    private func spring(_ trap: Trap, of proxy: FaultyProxy) async throws -> Bool {
        let number = proxy.traps.set(trap)
        let deadline = ContinuousClock.now + Self.patience
        while !proxy.traps.hasSprung(number) {
            guard ContinuousClock.now < deadline else {
                proxy.traps.remove(number)
                return proxy.traps.hasSprung(number)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }
}
