import LibPQ
package import WorkflowEvents
import WorkflowEventsPostgres

/// A ledger whose times of recording and sources are known too, so that every report can be worked out by hand.
///
/// Two sources in three batches on two days: `r1` failed, `r2` waits for a day between its REVIEW's start and end, `r3`
/// was reported a day late, `r4` is an end without a start, `r5` is running; and a service dropped events.
package enum FixedHistory {
    /// What one transaction stored.
    package struct Batch: Sendable {
        package var source: String
        package var recordedAt: Timestamp
        package var events: [WorkflowEvent]

        package init(source: String, recordedAt: Timestamp, events: [WorkflowEvent]) {
            self.source = source
            self.recordedAt = recordedAt
            self.events = events
        }
    }

    /// 2025-11-18T12:00:00Z and so many seconds.
    package static func time(_ seconds: Int64) -> Timestamp { FixedRuns.time(seconds) }

    /// The batches in the order of their positions: 1–8, 9–13, 14–15.
    package static let batches = [
        Batch(
            source: "alpha", recordedAt: time(1800),
            events: [
                event("r1", .lyrics, .start, 0),
                event(
                    "r1", .lyrics, .end, 60, 100, ["lines": 10, "rhyme": 0.5], ["Line 3 has 12 syllables"]),
                event("r1", .style, .start, 120),
                event("r1", .style, .fail, 180, 40, issues: ["Timeout after 30.5 s"]),
                event("r2", .lyrics, .start, 600, service: "writer"),
                event(
                    "r2", .lyrics, .end, 900, 300, ["lines": 20],
                    ["Line 7 has 9 syllables", "Line 8 has 11 syllables"], service: "writer"),
                event("r2", .review, .start, 1000, service: "writer"),
                event(
                    "runledger:tests", "runledger.drop", .fail, 1100, 0, ["dropped_events": 3, "dropped_bytes": 999],
                    ["3 events were dropped"]),
            ]),
        Batch(
            source: "beta", recordedAt: time(93_600),
            events: [
                event("r3", .lyrics, .start, 3600),
                event("r3", .lyrics, .fail, 3700, 200, issues: ["Timeout after 31 s"]),
                event("r3", .lyrics, .start, 90_000),
                event("r3", .lyrics, .end, 90_100, 500, ["lines": 30]),
                event("r4", .plan, .end, 93_000, 900, ["steps": 4], service: "planner"),
            ]),
        Batch(
            source: "alpha", recordedAt: time(97_200),
            events: [
                event("r2", .review, .end, 97_000, 96_000_000, service: "writer"),
                event("r5", .style, .start, 97_100),
            ]),
    ]

    package static func event(
        _ runID: String, _ node: Node, _ phase: Phase, _ seconds: Int64, _ durationMS: Int = 0,
        _ metrics: MetricSet = [:], _ issues: [String] = [], service: String? = nil
    ) -> WorkflowEvent {
        WorkflowEvent(
            ts: time(seconds), runID: runID, node: node, phase: phase, durationMS: durationMS, metrics: metrics,
            issues: issues, service: service)
    }

    package static func event(
        _ runID: String, _ node: Node, _ phase: Phase, _ seconds: Int64, _ durationMS: Int, issues: [String]
    ) -> WorkflowEvent {
        event(runID, node, phase, seconds, durationMS, [:], issues)
    }
}

extension TestLedger {
    /// Stores and sequences `batches` as if they had been recorded at their times by their sources.
    package func store(_ batches: [FixedHistory.Batch]) async throws {
        try await withAdministrator { connection in
            for batch in batches {
                for event in batch.events {
                    try await connection.execute("select ensure_partition(\(PostgresTimestamp(event.ts)))")
                }
                try await connection.transaction { try await $0.insert(batch) }
                try await connection.execute("select sequence()")
            }
        }
    }
}

extension PostgresConnection {
    fileprivate func insert(_ batch: FixedHistory.Batch) async throws {
        let times = batch.events.map(\.ts)
        let id = try await query(
            """
            insert into event_batches (source, recorded_at, event_count, ts_min, ts_max)
            values (\(batch.source), \(PostgresTimestamp(batch.recordedAt)), \(Int32(batch.events.count)),
                \(PostgresTimestamp(times.min() ?? batch.recordedAt)),
                \(PostgresTimestamp(times.max() ?? batch.recordedAt)))
            returning id
            """)[0].decode(Int64.self)
        for (ordinal, event) in batch.events.enumerated() {
            var metrics: [UInt8] = []
            metrics.append(json: event.metrics)
            try await execute(
                """
                insert into workflow_events (run_id, ts, id, node, phase, duration_ms, metrics, issues, service,
                    batch_id, ordinal)
                values (\(event.runID), \(PostgresTimestamp(event.ts)), \(event.id), \(event.node.rawValue),
                    \(event.phase.rawValue), \(Int64(event.durationMS)),
                    \(PostgresJSON(text: String(decoding: metrics, as: UTF8.self))), \(event.issues),
                    \(event.service as String?),
                    \(id), \(Int32(ordinal)))
                """)
        }
    }
}
