import LibPQ

extension MigrationSession {
    /// What is missing, switched off or inconsistent, a sentence each.
    func findings() async throws -> [String] {
        try await connection.transaction(.readOnly) { connection in
            try await configure(isLocal: true)
            try await assumeOwner(isLocal: true)
            let missing = try await sentences(missingObjects)
            let idle = try await sentences(idleTriggers)
            return missing + idle + (missing.isEmpty ? try await sentences(brokenNumbering) : [])
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

    /// Triggers that are missing or switched off, those of partitions included.
    private var idleTriggers: PostgresQuery {
        let triggers = SchemaObjects.triggers
        return """
            select wanted.consequence || ': the trigger ' || wanted.trigger || ' of ' || c.relname
                || ' is missing or switched off.'
            from unnest(\(triggers.map(\.table)), \(triggers.map(\.name)), \(triggers.map(\.consequence)))
                wanted (parent, trigger, consequence)
            join pg_class c on c.relname = wanted.parent or exists (
                select from pg_inherits i join pg_class parent on parent.oid = i.inhparent
                where i.inhrelid = c.oid and parent.relname = wanted.parent)
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = \(migrator.schema) and c.relkind in ('r', 'p') and not exists (
                select from pg_trigger t where t.tgrelid = c.oid and t.tgname = wanted.trigger and t.tgenabled = 'A')
            order by c.relname, wanted.trigger
            """
    }

    /// sequence() relies on ids being drawn one by one, upwards, from what begin_batch() has seen.
    private var brokenNumbering: PostgresQuery {
        """
        select 'Batches are not numbered as sequence() needs: event_batches_id_seq has gone back, or caches values.'
        from event_batches_id_seq s
        where s.last_value < (select greatest(max(id), (select floor from sequencing)) from event_batches)
            or exists (select from pg_sequence where seqrelid = 'event_batches_id_seq'::regclass and seqcache <> 1)
        """
    }
}
