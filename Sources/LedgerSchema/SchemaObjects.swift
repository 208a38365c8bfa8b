import LibPQ

/// What a migrated schema holds.
enum SchemaObjects {
    /// Tables and views, the one others are likeliest to have first.
    static let relations = [
        "workflow_events", "schema_migrations", "ledger", "event_batches", "sequencing", "ingest_keys",
        "ledger_events", "events", "executions", "runs", "access_tokens", "stream_tickets", "rollup", "rollup_cells",
        "run_summaries", "all_events", "batches", "report_schedules", "report_executions", "report_artifacts",
        "report_deliveries",
    ]

    /// A trigger that has to work, and what is so where it does not; partitions have those of their table.
    struct Trigger {
        var table: String
        var name: String
        var consequence: String

        /// One that keeps what is recorded from being changed.
        static func guarding(_ table: String, _ name: String) -> Trigger {
            Trigger(table: table, name: name, consequence: "What is recorded can be changed")
        }
    }

    static let triggers: [Trigger] = [
        .guarding("access_tokens", "refuse_change"), .guarding("access_tokens", "refuse_update"),
        .guarding("event_batches", "refuse_change"), .guarding("event_batches", "refuse_update"),
        .guarding("ledger", "refuse_another_identity"), .guarding("ledger", "refuse_change"),
        .guarding("sequencing", "refuse_change"), .guarding("workflow_events", "refuse_change"),
        Trigger(
            table: "event_batches", name: "begin_batch",
            consequence: "Batches are not numbered as sequence() needs"),
        Trigger(
            table: "ledger", name: "forget_rollups",
            consequence: "Rollups stay as they are when the last node becomes another"),
    ]

    static let functions = [
        "refuse_change", "partitions", "ensure_partition", "begin_batch", "sequence", "expire_ingest_keys",
        "ledger_events_after", "as_of", "roll_up", "reset_rollups", "forget_rollups", "sketch_bucket", "sketch_value",
        "rollup_reach", "ceiling_of", "activity", "duration_statistics", "overtaken_runs", "list_runs",
        "runs_with_issues", "verify_rollups", "recorded_since", "recorded_until", "as_of_time", "trend_buckets",
        "execution_start", "resolved_parameter",
    ]
}
