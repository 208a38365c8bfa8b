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

    /// The triggers that keep what is recorded from being changed; partitions have those of their table.
    static let guards: [(table: String, trigger: String)] = [
        ("access_tokens", "refuse_change"), ("access_tokens", "refuse_update"),
        ("event_batches", "refuse_change"), ("event_batches", "refuse_update"), ("ledger", "refuse_change"),
        ("ledger", "refuse_another_identity"), ("sequencing", "refuse_change"), ("workflow_events", "refuse_change"),
    ]

    static let functions = [
        "refuse_change", "partitions", "ensure_partition", "begin_batch", "sequence", "expire_ingest_keys",
        "ledger_events_after", "as_of", "roll_up", "reset_rollups", "forget_rollups", "sketch_bucket", "sketch_value",
        "rollup_reach", "ceiling_of", "activity", "duration_statistics", "overtaken_runs", "list_runs",
        "runs_with_issues", "verify_rollups", "recorded_since", "recorded_until", "as_of_time", "trend_buckets",
        "execution_start", "resolved_parameter",
    ]
}
