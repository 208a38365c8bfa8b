import Logging
import Metrics

extension DurableSink {
    /// The deliverer: sends one batch after the other until its task is cancelled.
    func deliverBatches() async {
        while !Task.isCancelled {
            switch withState({ $0.nextDelivery() }) {
            case .load: break
            case .deliver(let events): await deliver(events)
            case .wait(let deadline): await delivererSignal.wait(until: deadline, clock: clock)
            }
        }
    }

    private func deliver(_ events: [WorkflowEvent]) async {
        let start = clock.now()
        do {
            let refused = try await destination.deliver(events).filter { events.indices.contains($0.index) }
            metrics.delivery.recordNanoseconds(nanoseconds(clock.now() - start))
            delivered(refused)
        } catch {
            guard !Task.isCancelled else { return }
            metrics.deliveryFailures.increment()
            let (failureCount, delay) = withState { state in
                let delay = state.deliveryFailed()
                return (state.backoff.failureCount, delay)
            }
            logFailure(error, count: failureCount, delay: delay)
        }
    }

    private func delivered(_ refused: [RefusedEvent]) {
        let (failureCount, _) = withState { state in
            let failureCount = state.backoff.failureCount
            return (failureCount, state.delivered(refused: refused))
        }
        if failureCount > 0 {
            logger.notice("workflow events are delivered again", metadata: ["failures": "\(failureCount)"])
        }
    }

    /// An outage is a warning once and again at each doubling of its failures, else a debug line.
    private func logFailure(_ error: DestinationError, count: Int, delay: Duration) {
        let isPowerOfTwo = count & (count - 1) == 0
        logger.log(
            level: isPowerOfTwo ? .warning : .debug,
            "workflow events cannot be delivered now; they are kept and sent again",
            metadata: ["error": "\(error)", "failures": "\(count)", "retry_in": "\(delay)"])
    }

    private func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
