import HTTPTypes
import LedgerScheduler
import LibPQ
import Synchronization
import WorkflowEvents
import WorkflowEventsPostgres

/// What the service counts about itself, for `GET /metrics`.
final class ServiceTelemetry: Sendable {
    private struct Route: Hashable {
        var method: String
        var path: String
        var status: Int
    }

    private struct Counts {
        var requests: [Route: Int] = [:]
        var events: [Phase: Int] = [:]
        var duplicateCount = 0
        var droppedCount = 0.0
        var replayCount = 0
        var scheduled: [ScheduleOutcome: Int] = [:]
        var ingestSeconds = Histogram(bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
        var requestEvents = Histogram(bounds: [1, 10, 100, 500, 1000, 5000, 10_000])
        var commitEvents = Histogram(bounds: [1, 10, 100, 500, 1000, 5000, 10_000])
    }

    private let counts = Mutex(Counts())

    /// Says that a request was answered. `route` is its template, so that there are few.
    func answered(_ method: HTTPRequest.Method, _ route: String, _ status: HTTPResponse.Status) {
        let route = Route(method: method.rawValue, path: route, status: status.code)
        counts.withLock { $0.requests[route, default: 0] += 1 }
    }

    /// Says that a request's `events` were stored as `result` tells, in `duration`.
    func stored(_ events: [WorkflowEvent], _ result: AppendResult, in duration: Duration) {
        var phases: [Phase: Int] = [:]
        var dropped = 0.0
        // By index: a copy of every event would cost more than what is counted.
        for index in events.indices {
            phases[events[index].phase, default: 0] += 1
            guard events[index].node == DropCount.node else { continue }
            dropped += events[index].metrics["dropped_events"]?.doubleValue ?? 0
        }
        counts.withLock { counts in
            counts.ingestSeconds.add(duration / .seconds(1))
            counts.requestEvents.add(Double(events.count))
            guard !result.isReplay else {
                counts.replayCount += 1
                return
            }
            counts.events.merge(phases) { $0 + $1 }
            counts.duplicateCount += result.duplicateCount
            if result.duplicateCount < events.count { counts.droppedCount += dropped }
        }
    }

    /// Says that a transaction stored `count` new events.
    func committed(_ count: Int) {
        counts.withLock { $0.commitEvents.add(Double(count)) }
    }

    /// Says that a scheduled report or its delivery has ended.
    func ended(_ outcome: ScheduleOutcome) {
        counts.withLock { $0.scheduled[outcome, default: 0] += 1 }
    }

    /// Appends what was counted so far.
    func append(to text: inout MetricsText) {
        let counts = counts.withLock { $0 }
        text.family("runledger_http_requests_total", "counter", "Requests answered, by method, route and status.")
        for (route, count) in counts.requests.sorted(by: { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) }
        ) {
            text.sample(
                "runledger_http_requests_total",
                labels: [("method", route.method), ("route", route.path), ("status", String(route.status))],
                Double(count))
        }
        text.family(
            "runledger_events_total", "counter", "Events that came to this service, by phase; duplicates count as well."
        )
        for phase in Phase.allCases {
            text.sample(
                "runledger_events_total", labels: [("phase", phase.rawValue)], Double(counts.events[phase] ?? 0))
        }
        text.single(
            "runledger_duplicate_events_total", "counter",
            "Events that came to this service and had been stored before.",
            Double(counts.duplicateCount))
        text.single(
            "runledger_dropped_events_total", "counter", "Events that skills reported to this service to have dropped.",
            counts.droppedCount)
        text.single(
            "runledger_replayed_requests_total", "counter", "Requests answered again under their idempotency key.",
            Double(counts.replayCount))
        text.histogram(
            "runledger_ingest_duration_seconds", "From a request's head to its commit.", counts.ingestSeconds)
        text.histogram("runledger_ingest_request_events", "Events a request.", counts.requestEvents)
        text.histogram("runledger_commit_events", "New events a transaction.", counts.commitEvents)
        appendScheduled(counts.scheduled, to: &text)
    }
    private func appendScheduled(_ counts: [ScheduleOutcome: Int], to text: inout MetricsText) {
        let families: [(name: String, help: String, outcomes: [(String, ScheduleOutcome)])] = [
            (
                "runledger_scheduled_reports_total", "Reports of schedules that this service has made or given up.",
                [("made", .reportMade), ("failed", .reportFailed)]
            ),
            (
                "runledger_scheduled_deliveries_total", "Deliveries that this service has made or given up.",
                [("delivered", .delivered), ("failed", .deliveryFailed)]
            ),
        ]
        for (name, help, outcomes) in families {
            text.family(name, "counter", help)
            for (label, outcome) in outcomes {
                text.sample(name, labels: [("outcome", label)], Double(counts[outcome] ?? 0))
            }
        }
    }
}
