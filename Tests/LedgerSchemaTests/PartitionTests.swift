import LedgerTestSupport
import LibPQ
import Testing

@Suite("Partitions") struct PartitionTests {
    private static let months = [
        ("2026-11-22 12:00+00", "2026-11-01 00:00:00+00", "2026-12-01 00:00:00+00"),
        ("2026-12-31 23:30-05", "2027-01-01 00:00:00+00", "2027-02-01 00:00:00+00"),
        ("2024-02-29 00:00+00", "2024-02-01 00:00:00+00", "2024-03-01 00:00:00+00"),
        ("0001-01-01 00:00+00 BC", "0001-01-01 00:00:00+00 BC", "0001-02-01 00:00:00+00 BC"),
        ("0001-01-01 00:00+14 BC", "0002-12-01 00:00:00+00 BC", "0001-01-01 00:00:00+00 BC"),
        ("0001-01-01 00:00+00", "0001-01-01 00:00:00+00", "0001-02-01 00:00:00+00"),
        ("9999-12-31 23:59:59.999999-12", "10000-01-01 00:00:00+00", "10000-02-01 00:00:00+00"),
    ]

    @Test("Any time that RFC 3339 can say has a partition by UTC month")
    func bounds() async throws {
        try await withWriter { _, writer in
            for (ts, from, to) in Self.months + Self.months {
                let bounds = try await writer.ensurePartition(ts)
                #expect(bounds.from == from)
                #expect(bounds.to == to)
            }
            let names = try await writer.column("select name::text from partitions()", as: String.self)
            #expect(names.count == Self.months.count)
        }
    }

    @Test("The year before 1 and the year 1 do not share a name")
    func names() async throws {
        try await withWriter { _, writer in
            for ts in ["0001-01-01 BC", "0001-01-01", "0001-01-01 00:00+14 BC", "9999-01-01", "9999-12-31 23:00-05"] {
                try await writer.ensurePartition(ts)
            }
            let names = try await writer.column("select name::text from partitions()", as: String.self)
            #expect(
                names == [
                    "workflow_events_minus_0001_12", "workflow_events_0000_01", "workflow_events_0001_01",
                    "workflow_events_9999_01", "workflow_events_10000_01",
                ])
        }
    }

    @Test("An event without a partition is refused, and infinity never has one")
    func missing() async throws {
        try await withWriter { _, writer in
            let error = try await refusal { try await writer.store([TestEvent()]) }
            #expect(error?.sqlState == .checkViolation)
            #expect(error?.constraintName == nil)
            let infinite = try await refusal { try await writer.ensurePartition("infinity") }
            #expect(infinite?.sqlState == .datetimeFieldOverflow)
        }
    }

    @Test("The session's time zone and date style change nothing")
    func sessionSettings() async throws {
        try await withWriter { _, writer in
            try await writer.execute(script: "set timezone = 'America/New_York'; set datestyle = 'SQL, DMY'")
            try await writer.ensurePartition("01/03/2025 12:00 UTC")
            try await writer.ensurePartition("31/03/2025 12:00 UTC")
            try await writer.execute(script: "set timezone = 'UTC'; set datestyle = 'ISO'")
            let bounds = try await writer.ensurePartition("2025-03-15")
            #expect(bounds.from == "2025-03-01 00:00:00+00")
            #expect(try await writer.column("select name::text from partitions()", as: String.self).count == 1)
        }
    }

    @Test("Many callers at once neither fail nor wait for an open report or an open batch")
    func concurrency() async throws {
        try await withWriter { ledger, writer in
            try await writer.ensurePartition("2025-01-01")
            try await connected(ledger.reader) { reader in
                try await reader.execute(script: "begin; select count(*) from workflow_events")
                try await writer.execute(script: "begin")
                try await writer.insert([TestEvent()])
                try await withThrowingTaskGroup { group in
                    for caller in 0..<6 {
                        group.addTask {
                            try await connected(ledger.writer) { connection in
                                try await connection.execute(script: "set lock_timeout = '20s'")
                                for month in 0..<12 {
                                    let ts = "2025-\(1 + (month + caller) % 12)-15"
                                    try await connection.ensurePartition(ts)
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                try await writer.execute(script: "commit")
            }
            #expect(try await writer.column("select name::text from partitions()", as: String.self).count == 12)
        }
    }

    @Test("One partition more than the ledger may have is refused, with what to do")
    func maximum() async throws {
        try await withWriter { ledger, writer in
            try await connected(ledger.administrator) { connection in
                try await connection.execute(
                    script: "set role runledger_owner; update ledger set partition_maximum = 2")
            }
            try await writer.ensurePartition("2025-01-01")
            try await writer.ensurePartition("2025-02-01")
            try await writer.ensurePartition("2025-01-31")
            let error = try await refusal { try await writer.ensurePartition("2025-03-01") }
            #expect(error?.sqlState == .tooManyPartitions)
            #expect(error?.message.contains("number 3 of at most 2") == true)
            #expect(error?.hint?.contains("partition_maximum") == true)
        }
    }

    @Test("After a change of the granularity the new partitions fill the gaps between the old ones")
    func granularity() async throws {
        try await withWriter { ledger, writer in
            func set(_ granularity: String) async throws {
                try await connected(ledger.administrator) { connection in
                    try await connection.execute(
                        script: "set role runledger_owner; update ledger set partition_granularity = '\(granularity)'")
                }
            }
            try await writer.ensurePartition("2025-01-10")
            try await set("week")
            try await writer.ensurePartition("2025-02-01")
            try await writer.ensurePartition("2025-02-05")
            try await set("day")
            try await writer.ensurePartition("2025-02-20")
            try await set("month")
            try await writer.ensurePartition("2025-02-15")
            try await writer.ensurePartition("2025-02-28")
            let partitions = try await writer.column(
                "select format('%s %s', from_ts::date, to_ts::date) from partitions()", as: String.self)
            #expect(
                partitions == [
                    "2025-01-01 2025-02-01", "2025-02-01 2025-02-03", "2025-02-03 2025-02-10", "2025-02-10 2025-02-20",
                    "2025-02-20 2025-02-21", "2025-02-21 2025-03-01",
                ])
        }
    }

    @Test("A detached partition is not made a second time")
    func detached() async throws {
        try await withWriter { ledger, writer in
            try await writer.ensurePartition("2025-01-01")
            try await connected(ledger.administrator) { connection in
                try await connection.execute(
                    script: "alter table workflow_events detach partition workflow_events_2025_01")
            }
            let error = try await refusal { try await writer.ensurePartition("2025-01-01") }
            #expect(error?.sqlState == .partitionNameTaken)
            #expect(error?.message.contains("workflow_events_2025_01") == true)
        }
    }

    @Test("A transaction with an old snapshot is told to call it by itself")
    func isolation() async throws {
        try await withWriter { _, writer in
            let error = try await refusal {
                _ = try await writer.transaction(.repeatableRead) { try await $0.ensurePartition("2025-01-01") }
            }
            #expect(error?.sqlState == .needsReadCommitted)
        }
    }
}
