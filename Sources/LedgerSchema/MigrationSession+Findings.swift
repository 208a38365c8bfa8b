import LibPQ

extension MigrationSession {
    /// What is missing, switched off or inconsistent, a sentence each.
    func findings() async throws -> [String] {
        try await connection.transaction(.readOnly) { connection in
            try await configure(isLocal: true)
            try await assumeOwner(isLocal: true)
            let missing = try await sentences(missingObjects)
            let open = try await sentences(openTables)
            guard missing.isEmpty else { return missing + open }
            return try await open + sentences(brokenNumbering) + sentences(lastingRollups)
        }
    }

    private func sentences(_ query: PostgresQuery) async throws -> [String] {
        try await connection.query(query).map { try $0.decode(String.self) }
    }

    private var missingObjects: PostgresQuery {
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
        """
    }

    /// Tables that ought to be guarded, partitions included, and are not.
    private var openTables: PostgresQuery {
        let (tables, triggers) = (SchemaObjects.guards.map(\.table), SchemaObjects.guards.map(\.trigger))
        return """
            select 'Table ' || c.relname || ' can be changed: its trigger ' || guard.trigger
                || ' is missing or switched off.'
            from unnest(\(tables), \(triggers)) guard (parent, trigger)
            join pg_class c on c.relname = guard.parent or exists (
                select from pg_inherits i join pg_class parent on parent.oid = i.inhparent
                where i.inhrelid = c.oid and parent.relname = guard.parent)
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = \(migrator.schema) and c.relkind in ('r', 'p') and not exists (
                select from pg_trigger t where t.tgrelid = c.oid and t.tgname = guard.trigger and t.tgenabled = 'A')
            order by c.relname, guard.trigger
            """
    }

    /// Rollups tell which runs are completed, and that depends on the workflow's last node.
    private var lastingRollups: PostgresQuery {
        """
        select 'Rollups outlast another last node: the trigger forget_rollups is missing or switched off.'
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = \(migrator.schema) and c.relname = 'ledger' and not exists (
            select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'forget_rollups' and t.tgenabled = 'A')
        """
    }

    /// sequence() relies on ids being drawn one by one, upwards, from what begin_batch() has seen.
    private var brokenNumbering: PostgresQuery {
        """
        select 'Batches are not numbered as sequence() needs: the trigger begin_batch is missing or switched off.'
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = \(migrator.schema) and c.relname = 'event_batches' and not exists (
            select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'begin_batch' and t.tgenabled = 'A')
        union all
        select 'Batches are not numbered as sequence() needs: event_batches_id_seq has gone back, or caches values.'
        from event_batches_id_seq s
        where s.last_value < (select greatest(max(id), (select floor from sequencing)) from event_batches)
            or exists (select from pg_sequence where seqrelid = 'event_batches_id_seq'::regclass and seqcache <> 1)
        """
    }
}
