import Logging

extension DurableSink {
    /// Runs the destination and both loops until the sink has shut down.
    func work() async throws {
        let failure = await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask { await self.runDestination() }
            group.addTask {
                await self.deliverBatches()
                return nil
            }
            let measured = await spoolBatches()
            group.cancelAll()
            let failure = await group.reduce(nil) { $0 ?? $1 }
            metrics.update(from: measured, to: status)
            return failure
        }
        await finish()
        if let failure { throw failure }
    }

    /// The destination's background work; should it fail, the sink shuts down with its error.
    private func runDestination() async -> (any Error)? {
        do {
            try await destination.run()
            return nil
        } catch {
            guard !Task.isCancelled else { return nil }
            logger.error("the event destination failed; its sink shuts down", metadata: ["error": "\(error)"])
            withState { $0.close() }
            return error
        }
    }

    private func finish() async {
        let (lostCount, untoldDropCount) = withState { ($0.finish(), $0.drops.events) }
        if lostCount > 0 {
            logger.error(
                "workflow events are lost: at shutdown they could be neither delivered nor spooled",
                metadata: ["events": "\(lostCount)"])
        }
        if untoldDropCount > 0 {
            logger.error(
                "dropped workflow events could not be told to the ledger", metadata: ["events": "\(untoldDropCount)"])
        }
        await spool?.close()
    }
}
