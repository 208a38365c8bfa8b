import EmbeddedPostgres
import EventLedger
import LedgerSchema
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// Commits batches, sequences them, follows them and rolls them up while a transaction of somebody else stays open,
/// with a number and a snapshot, so that nothing that died meanwhile can be cleared away.
struct LongTransactionRun: Sendable {
    let batchCount: Int

    static let minimumBatchCount = 6000
    private static let passCount = 64
    private static let passBatchCount = 32
    private static let measuredCount = passCount * passBatchCount
    private static let patience = Duration.seconds(120)

    func run() async throws -> (notes: [String], checks: [Check]) {
        try await EmbeddedPostgres.throwaway(logger: World.logger).withServer { url in
            let database = LedgerDatabase(url: url, applicationName: "ledger-faults")
            _ = try await Migrator(database.configuration, schema: database.schema, logger: World.logger).up()
            return try await withLedgerPool(database, maximumConnections: 20, logger: World.logger) { pool in
                var settings = BatchWriter.Settings()
                settings.laneCount = 8
                settings.maximumBatchCount = 1
                return try await withBatchWriter(database, pool: pool, settings: settings, logger: World.logger) {
                    let work = LongTransactionWork(database: database, pool: pool, writer: $0, patience: Self.patience)
                    return try await run(work)
                }
            }
        }
    }

    private func run(_ work: LongTransactionWork) async throws -> (notes: [String], checks: [Check]) {
        let tenth = batchCount / 10
        return try await work.withConnection { foreign in
            try await foreign.execute("create table foreign_work (number integer)")
            try await foreign.execute("begin isolation level repeatable read")
            try await foreign.execute("insert into foreign_work values (1)")
            let transaction = try await foreign.query("select pg_current_xact_id()::text")[0].decode(String.self)

            let firstRate = try await work.load(tenth)
            let first = try await measure(work)
            _ = try await work.load(batchCount - 2 * tenth - 2 * Self.measuredCount)
            let lastRate = try await work.load(tenth)
            let last = try await measure(work)
            let floorDistance = try await work.floorDistance()
            let isOpen = try await foreign.query("select pg_current_xact_id()::text")[0].decode(String.self)

            try await foreign.execute("commit")
            try await work.withConnection { _ = try await $0.execute("vacuum") }
            let after = try await measure(work)
            let faults = isOpen == transaction ? [] : ["the foreign transaction ended meanwhile"]
            var checks = [Check("the foreign transaction was open all the while", "", faults: faults)]
            checks += costChecks(first, last, floorDistance)
            checks += try await work.checks()
            return (
                [
                    "in the first tenth \(first.text), \(Int(firstRate)) batches a second",
                    "in the last tenth \(last.text), \(Int(lastRate)) batches a second",
                    "once it had ended and all was vacuumed \(after.text)",
                ], checks
            )
        }
    }

    private func measure(_ work: LongTransactionWork) async throws -> PassCost {
        try await work.withConnection { connection in
            // With or without statistics, plans differ, and they come at some time.
            try await connection.execute("analyze")
            return try await PassCost.measure(
                passes: Self.passCount, batchCount: Self.passBatchCount, on: connection, commit: work.commit)
        }
    }

    /// A pass may touch some pages more, for trees grow and plans change; not more for each batch that went before, which
    /// from the first tenth to the last would make it ten times as many. Rolling up is told and not checked: each of its
    /// passes leaves old versions of the rows that it changes, which the next ones meet.
    private func costChecks(_ first: PassCost, _ last: PassCost, _ floorDistance: Int64) -> [Check] {
        let parts: [(String, Double, Double)] = [
            ("sequencing", first.sequencing, last.sequencing), ("reading on", first.reading, last.reading),
        ]
        let costs = parts.map { name, first, last in
            Check(
                "\(name) does not become dearer with each batch", "\(Int(first)) and \(Int(last)) pages a pass",
                faults: last <= first * 3 + 100 ? [] : ["a pass touched \(first) pages, and in the end \(last)"])
        }
        let floor = Check(
            "sequencing looks no further back than a few thousand batches", "\(floorDistance)",
            faults: floorDistance <= 4096 ? [] : ["it looks \(floorDistance) batches back"])
        return costs + [floor]
    }
}
