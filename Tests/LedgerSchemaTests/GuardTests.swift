import LedgerTestSupport
import LibPQ
import Testing

@Suite("Stored rows stay as they are") struct GuardTests {
    /// A ledger with one sequenced batch in an attached partition and a detached partition, and a superuser.
    private nonisolated(nonsending) func withStoredEvents(
        _ body: (PostgresConnection) async throws -> Void
    ) async throws {
        try await withWriter { ledger, writer in
            try await writer.ensurePartition("2025-01-01")
            try await writer.ensurePartition("2025-02-01")
            try await writer.store([TestEvent()])
            try await writer.sequence()
            try await connected(ledger.administrator) { administrator in
                try await administrator.execute(
                    script: "alter table workflow_events detach partition workflow_events_2025_02")
                try await body(administrator)
            }
        }
    }

    private static let changes = [
        "update workflow_events set node = 'X'",
        "delete from workflow_events",
        "truncate workflow_events",
        "update workflow_events_2025_01 set node = 'X'",
        "delete from workflow_events_2025_01",
        "truncate workflow_events_2025_01",
        "update workflow_events_2025_02 set node = 'X'",
        "delete from workflow_events_2025_02",
        "truncate workflow_events_2025_02",
        "merge into workflow_events e using ledger on true when matched then delete",
        """
        insert into workflow_events select * from workflow_events
        on conflict (run_id, ts, id) do update set node = 'X'
        """,
        "update event_batches set source = 'X'",
        "update event_batches set first_position = 7",
        "update event_batches set first_position = null, sequenced_at = null",
        "delete from event_batches",
        "truncate event_batches",
        "update ledger set id = gen_random_uuid()",
        "delete from ledger",
        "truncate ledger",
        "delete from sequencing",
    ]

    @Test(
        "Nobody changes them: no superuser, not even as a replica, and not their owner",
        arguments: [
            "set session_replication_role = origin", "set session_replication_role = replica",
            "set role runledger_owner",
        ])
    func refused(setting: String) async throws {
        try await withStoredEvents { connection in
            try await connection.execute(script: setting)
            for statement in Self.changes {
                let error = try await refusal { try await connection.execute(script: statement) }
                #expect(error?.sqlState == .appendOnly, "\(statement)")
                #expect(error?.message.hasPrefix("the ledger is append-only: ") == true)
                #expect(error?.hint?.isEmpty == false)
            }
        }
    }

    @Test("A batch whose position is not given yet keeps everything else")
    func unsequenced() async throws {
        try await withWriter { ledger, writer in
            try await writer.ensurePartition("2025-01-01")
            try await writer.store([TestEvent()])
            try await connected(ledger.administrator) { connection in
                for change in [
                    "event_count = 2", "source = 'X'", "recorded_at = now()", "ts_min = ts_min - interval '1 s'",
                ] {
                    let error = try await refusal {
                        try await connection.execute(
                            script: "update event_batches set first_position = 1, sequenced_at = now(), \(change)")
                    }
                    #expect(error?.sqlState == .appendOnly, "\(change)")
                }
            }
            #expect(try await writer.sequence() == 1)
        }
    }

    @Test("The ledger's settings can be changed by its owner")
    func settings() async throws {
        try await withTestLedger { ledger in
            try await connected(ledger.administrator) { connection in
                try await connection.execute(
                    script: "set role runledger_owner; update ledger set partition_granularity = 'day'")
                let error = try await refusal {
                    try await connection.execute(script: "update ledger set partition_granularity = 'hour'")
                }
                #expect(error?.sqlState == .checkViolation)
            }
        }
    }
}
