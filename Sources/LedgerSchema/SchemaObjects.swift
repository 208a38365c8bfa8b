import LibPQ

/// What a migrated schema holds.
enum SchemaObjects {
    /// Tables and views, the one others are likeliest to have first.
    static let relations = [
        "workflow_events", "schema_migrations", "ledger", "event_batches", "sequencing", "ingest_keys",
        "ledger_events", "events", "executions", "runs",
    ]

    static let functions = [
        "refuse_change", "partitions", "ensure_partition", "begin_batch", "sequence", "expire_ingest_keys",
        "ledger_events_after", "as_of",
    ]
}

extension MigrationSession {
    /// What is missing or switched off, a sentence each.
    func findings() async throws -> [String] {
        let missing = try await connection.query(
            """
            select 'Relation ' || name || ' is missing.' from unnest(\(SchemaObjects.relations)) name
            where not exists (
                select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = \(migrator.schema) and c.relname = name)
            union all
            select 'Function ' || name || '() is missing.' from unnest(\(SchemaObjects.functions)) name
            where not exists (
                select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname = \(migrator.schema) and p.proname = name)
            """)
        let guards = try await connection.query(
            """
            select 'Table ' || c.relname || ' can be changed: its trigger refuse_change is missing or switched off.'
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = \(migrator.schema) and c.relkind in ('r', 'p')
                and (c.relname in ('workflow_events', 'event_batches', 'ledger', 'sequencing')
                    or exists (
                        select from pg_inherits i join pg_class parent on parent.oid = i.inhparent
                        where i.inhrelid = c.oid and parent.relname = 'workflow_events'))
                and not exists (
                    select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'refuse_change'
                        and t.tgenabled = 'A')
            order by c.relname
            """)
        // sequence() relies on ids being drawn one by one, from what begin_batch() has seen.
        let numbering = try await connection.query(
            """
            select 'Table event_batches does not number its rows as sequence() needs: its trigger begin_batch is '
                || 'missing or switched off, or its identity caches values.'
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = \(migrator.schema) and c.relname = 'event_batches'
                and not exists (
                    select from pg_trigger t join pg_sequence s
                        on s.seqrelid = pg_get_serial_sequence(c.oid::regclass::text, 'id')::regclass
                    where t.tgrelid = c.oid and t.tgname = 'begin_batch' and t.tgenabled = 'A' and s.seqcache = 1)
            """)
        return try (Array(missing) + Array(guards) + Array(numbering)).map { try $0.decode(String.self) }
    }
}
