import Logging
import Metrics

extension Emitter {
    /// Sends `event` to every sink at once: never blocks, throws or suspends.
    ///
    /// What is merely too much of an event is made to fit: a long issue is cut, surplus issues and metrics are left out,
    /// and the event says so in an issue. An event that no ledger could take is sent nowhere; it is counted, and logged
    /// as an error with what is wrong.
    ///
    /// There is no `async` form, which would hide this one in asynchronous code; to wait until the event is stored,
    /// see ``record(_:)``.
    public func emit(_ event: WorkflowEvent) {
        send(withService(event))
    }

    /// Sends an event whose service is set.
    func send(_ event: WorkflowEvent) {
        if event.violations().isEmpty {
            for sink in sinks { sink.emit(event) }
        } else if let fitted = try? fitted(event) {
            for sink in sinks { sink.emit(fitted) }
        }
    }

    /// `event` as sinks may have it.
    ///
    /// - Throws: ``RecordError`` of code `refused` if nothing but the skill could make the event right; it was logged.
    func fitted(_ event: WorkflowEvent) throws(RecordError) -> WorkflowEvent {
        let fitted = event.fitted()
        let violations = fitted.violations()
        if violations.isEmpty { return fitted }
        let reasons = violations.map(\.description).joined(separator: "; ")
        refusedCounter.increment()
        // Nothing of the event but what is known to be harmless: a run id may hold a line feed or a whole document.
        logger.error(
            "A workflow event is wrong and was not sent.",
            metadata: ["event_id": "\(event.id)", "phase": "\(event.phase)", "reasons": "\(reasons)"])
        throw RecordError(.refused, "The event is wrong: \(reasons).")
    }

    /// `event` with this emitter's service, if it names none.
    func withService(_ event: WorkflowEvent) -> WorkflowEvent {
        guard event.service == nil else { return event }
        var event = event
        event.service = service
        return event
    }
}
