import LibPQ

/// What a migrated schema holds.
enum SchemaObjects {
    /// Tables and views, the one others are likeliest to have first.
    static let relations = [
        "workflow_events", "schema_migrations", "ledger", "event_batches", "sequencing", "ingest_keys",
        "ledger_events", "events", "executions", "runs", "access_tokens", "stream_tickets",
        "all_events", "batches",
    ]

    static let functions = [
        "refuse_change", "partitions", "ensure_partition", "begin_batch", "sequence", "expire_ingest_keys",
        "ledger_events_after", "as_of", "recorded_since", "recorded_until", "as_of_time", "trend_buckets",
    ]
}
