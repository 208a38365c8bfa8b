import WorkflowEvents
import WorkflowEventsPostgres

/// What the service counts about itself, for `GET /metrics`.
final class ServiceTelemetry: Sendable {
    /// Says that a request's `events` were stored as `result` tells, in `duration`.
    func stored(_ events: [WorkflowEvent], _ result: AppendResult, in duration: Duration) {}
}
