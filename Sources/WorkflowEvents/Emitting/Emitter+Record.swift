extension Emitter {
    /// Sends `event` to every sink and returns once every durable sink has committed it.
    ///
    /// Cancelling the caller's task ends the waiting, not the storing. After an error the event may still be stored;
    /// recording the same event again is always safe, since its identity makes it one event.
    ///
    /// - Throws: ``RecordError``: `refused` if the event is wrong, `unavailable` if a sink cannot promise to store it
    ///   now, `closed` after shutdown, `notDurable` if no sink of this emitter stores anything durably.
    public func record(_ event: WorkflowEvent) async throws {
        let event = try fitted(withService(event))
        let durable = sinks.filter(\.isDurable)
        for sink in sinks where !sink.isDurable { sink.emit(event) }
        guard !durable.isEmpty else {
            throw RecordError(.notDurable, "No durable sink is set, so nothing can be recorded; add one, or use emit.")
        }
        try await Self.record(event, in: durable)
    }

    private static func record(_ event: WorkflowEvent, in sinks: [any EventSink]) async throws {
        if sinks.count == 1 { return try await sinks[0].record(event) }
        let failures = await withTaskGroup { group in
            for sink in sinks {
                group.addTask { () async -> (any Error)? in
                    do { try await sink.record(event) } catch { return error }
                    return nil
                }
            }
            return await group.reduce(into: [any Error]()) { if let error = $1 { $0.append(error) } }
        }
        // A failure that a retry cannot mend says more than one it can.
        if let final = failures.first(where: { ($0 as? RecordError)?.isRetryable == false }) ?? failures.first {
            throw final
        }
    }
}
