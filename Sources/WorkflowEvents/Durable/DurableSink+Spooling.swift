import Logging

extension DurableSink {
    /// How often the metrics are brought up to date at least.
    private static let metricsInterval = Duration.seconds(5)

    /// The spooler: moves batches to the spool when the destination is away or slow, until the sink has shut down.
    ///
    /// - Returns: the status that the metrics show.
    func spoolBatches() async -> Status {
        var last = Status()
        while true {
            let step = withState { $0.nextSpooling() }
            let status = status
            metrics.update(from: last, to: status)
            last = status
            switch step {
            case .reportDrops(let count): logDrops(count)
            case .reportJournalFailure(let reason): logJournalFailure(reason)
            case .adopt: await adopt()
            case .store(let batches): await store(batches)
            case .wait(let deadline):
                let tick = clock.now() + Self.metricsInterval
                await spoolerSignal.wait(until: min(deadline ?? tick, tick), clock: clock)
            case .finish: return last
            }
        }
    }

    private func adopt() async {
        var files: [SpoolFile] = []
        do {
            files = try await spool?.adopt() ?? []
        } catch {
            logger.warning(
                "the spool cannot be searched for events of processes that are gone", metadata: ["error": "\(error)"])
        }
        withState { $0.adopted(files) }
        guard !files.isEmpty else { return }
        logger.notice(
            "events that processes which are gone left in the spool are being delivered",
            metadata: ["files": "\(files.count)", "processes": "\(Set(files.map(\.owner)).count)"])
    }

    private func store(_ batches: [EventBatch]) async {
        guard let spool else { return }
        let (files, failure) = await spool.store(batches)
        let (obsolete, failureCount) = withState { ($0.stored(in: files), $0.storeFailureCount) }
        if let obsolete { await remove(obsolete) }
        if let failure { logStoreFailure(failure, failureCount: failureCount) }
    }
}
