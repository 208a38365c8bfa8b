import Metrics

extension DurableSink {
    /// The deliverer: sends one batch after the other until its task is cancelled.
    func deliverBatches() async {
        while !Task.isCancelled {
            switch withState({ $0.nextDelivery() }) {
            case .load(let file): await load(file)
            case .deliver(let events): await deliver(events)
            case .wait(let deadline): await delivererSignal.wait(until: deadline, clock: clock)
            }
        }
    }

    private func load(_ file: SpoolFile) async {
        guard let spool else { return }
        switch await spool.read(file) {
        case .batch(let content):
            withState { $0.loaded(content) }
            if !content.refused.isEmpty { logRefused(content.refused, path: content.refusedPath) }
            if let damage = content.damage { logTorn(file, reason: damage, path: content.tornPath) }
            if content.events.isEmpty { await delivered([]) }
        case .torn(let reason):
            let path = await spool.setAsideTorn(file)
            withState { $0.unreadable() }
            logTorn(file, reason: reason, path: path)
        case .missing:
            await spool.forget(file)
            withState { $0.unreadable() }
            logTorn(file, reason: "it was removed before it was delivered", path: nil)
        case .unavailable(let error):
            let failureCount = withState { state in
                state.unavailable()
                return state.readFailureCount
            }
            logReadFailure(error, failureCount: failureCount)
        }
    }

    private func deliver(_ events: [WorkflowEvent]) async {
        let start = clock.now()
        do {
            let refused = try await destination.deliver(events).filter { events.indices.contains($0.index) }
            metrics.delivery.recordNanoseconds((clock.now() - start).wholeNanoseconds)
            if !refused.isEmpty { await setAside(refused, of: events) }
            await delivered(refused)
        } catch {
            guard !Task.isCancelled else { return }
            metrics.deliveryFailures.increment()
            let (failureCount, delay) = withState { state in
                let delay = state.deliveryFailed()
                return (state.backoff.failureCount, delay)
            }
            logOutage(error, failureCount: failureCount, delay: delay)
        }
    }

    private func delivered(_ refused: [RefusedEvent]) async {
        let (failureCount, file) = withState { state in
            let failureCount = state.backoff.failureCount
            return (failureCount, state.delivered(refused: refused))
        }
        if let file { await remove(file) }
        if failureCount > 0 { logRecovery(failureCount: failureCount) }
    }

    private func setAside(_ refused: [RefusedEvent], of events: [WorkflowEvent]) async {
        let ids = refused.map { events[$0.index].id }
        guard let spool else { return logRefused(refused, ids: ids, path: nil) }
        let (owner, sequence) = withState { ($0.flight?.file?.owner ?? spool.owner, $0.flight?.batch?.sequence ?? 0) }
        let path = await spool.setAsideRefused(refused, of: events, owner: owner, sequence: sequence)
        logRefused(refused, ids: ids, path: path)
    }

    /// Removes a file of the spool whose events are stored.
    func remove(_ file: SpoolFile) async {
        do {
            try await spool?.remove(file)
        } catch {
            logUnremovable(error)
        }
    }
}
