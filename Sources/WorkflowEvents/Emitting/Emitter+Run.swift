import Logging

extension Emitter {
    /// Does the sinks' background work until the task is cancelled, then lets them deliver what is left.
    ///
    /// A sink that fails is logged and disturbs no other. In a `ServiceGroup` of swift-service-lifecycle, wrap it so
    /// that a graceful shutdown ends it, and list it first, so that it stops last:
    ///
    /// ```swift
    /// struct EventService: Service {
    ///     let emitter: Emitter
    ///     func run() async throws {
    ///         try await cancelWhenGracefulShutdown { await emitter.run() }
    ///     }
    /// }
    /// ```
    public func run() async {
        await withDiscardingTaskGroup { group in
            for sink in sinks {
                group.addTask { await self.run(sink) }
            }
            await waitForCancellation()
        }
    }

    private func run(_ sink: any EventSink) async {
        do {
            try await sink.run()
        } catch is CancellationError {
        } catch {
            logger.error(
                "A workflow event sink stopped; its events are no longer delivered.",
                metadata: ["sink": "\(type(of: sink))", "error": "\(error)"])
        }
    }

    /// Returns when everything emitted before the call is delivered or spooled, or the sinks' deadlines have passed.
    public func flush() async {
        await withDiscardingTaskGroup { group in
            for sink in sinks {
                group.addTask { await sink.flush() }
            }
        }
    }
}

/// Returns when the current task is cancelled.
func waitForCancellation() async {
    for await _ in AsyncStream<Void>.makeStream().stream {}
}
