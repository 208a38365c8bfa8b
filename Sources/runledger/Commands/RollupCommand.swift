import ArgumentParser
package import EventLedger
package import LedgerReporting
import LedgerSchema
import LibPQ
import WorkflowEventsPostgres

struct RollupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollup",
        abstract: "Checks the rollups that reports read, or makes them again.",
        usage: "runledger rollup <subcommand> [<options>]",
        discussion: """
            Rollups are what the events add up to by hour, day, month and run. A service keeps them up to date, and a \
            report does what is left; neither of these commands is needed for right answers.
            """,
        subcommands: [Verify.self, Rebuild.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reckons the rollups anew from all events and compares; exits 1 where they differ.",
            usage: "runledger rollup verify [<options>]")

        @Option(help: "How to print the differences.")
        var format: OutputFormat = .table

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            try await interruptibly {
                let differences = try await database.withLedger { _, pool in
                    Terminal.progress("Reading every event …")
                    return try await Rollup(pool: pool).differences()
                }
                Terminal.clearProgress()
                guard !differences.isEmpty else {
                    Terminal.note("The rollups are what the events add up to.")
                    return
                }
                try Listing(differences, envelope: "differences").print(as: format)
                throw CommandError("The rollups differ from the events; make them again with runledger rollup rebuild.")
            }
        }
    }

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgets the rollups and makes them again from all events, as a member of the ledger's owner.",
            usage: "runledger rollup rebuild [<options>]")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            try await interruptibly {
                try await database.withLedger { database, pool in
                    do {
                        try await Rollup(pool: pool).reset()
                    } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
                        throw CommandError(
                            "This login may not make the rollups again. Log in as a member of the ledger's owner role, "
                                + "usually \(LedgerRoles(schema: database.schema).owner).")
                    }
                    try await Rollup(pool: pool).catchUpShowingProgress()
                }
                Terminal.note("The rollups are made again.")
            }
        }
    }
}

extension Rollup {
    /// Rolls up what there is, and shows how far it has come.
    func catchUpShowingProgress(leaving tolerance: Int64 = 0) async throws {
        defer { Terminal.clearProgress() }
        try await catchUp(leaving: tolerance) { left in
            if left > tolerance { Terminal.progress("Rolling up, \(left) events left …") }
        }
    }
}

extension Rollup.Difference: TableRow {
    package static var columns: [ReportDefinition.Column] {
        [
            .init(name: "kind", type: .text), .init(name: "key", type: .text), .init(name: "stored", type: .text),
            .init(name: "reckoned", type: .text),
        ]
    }

    package var cells: [ReportValue] {
        [.text(kind), .text(key), stored.map { .text($0) } ?? .null, reckoned.map { .text($0) } ?? .null]
    }
}
