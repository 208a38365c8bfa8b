import Logging

extension DurableSink {
    /// The spooler: moves batches to the spool when the destination is away or slow, until the sink has shut down.
    func spoolBatches() async {
        var last = Status()
        while true {
            let step = withState { $0.nextSpooling() }
            let status = status
            metrics.update(from: last, to: status)
            last = status
            switch step {
            case .reportDrops(let count): reportDrops(count)
            case .adopt, .store: break
            case .wait(let deadline): await spoolerSignal.wait(until: deadline, clock: clock)
            case .finish: return
            }
        }
    }

    private func reportDrops(_ count: Int) {
        logger.error(
            "workflow events are dropped: the memory buffer is full, and so is the spool if there is one",
            metadata: ["events": "\(count)"])
    }
}
