import ArgumentParser
import Foundation

/// A run of its own: somebody else's transaction stays open while very many batches are committed.
struct LongTransactionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "foreign-transaction",
        abstract: "Holds a foreign transaction open while batches are committed, and checks what they cost.",
        discussion: "Needs a PostgreSQL of its own and no `runledger`; takes minutes for 500,000 batches.")

    @Option(help: "How many batches are committed meanwhile, at least 6000.")
    var batches = 500_000

    func validate() throws {
        guard batches >= LongTransactionRun.minimumBatchCount else {
            throw ValidationError("--batches must be at least \(LongTransactionRun.minimumBatchCount).")
        }
    }

    func run() async throws {
        let run = LongTransactionRun(batchCount: batches)
        let (notes, checks) = try await interruptibly { try await run.run() }
        print("a foreign transaction held open across \(batches) batches")
        for note in notes { print("  \(note)") }
        for check in checks { print(check.text) }
        guard checks.allSatisfy(\.faults.isEmpty) else {
            print("\(checks.count { !$0.faults.isEmpty }) of \(checks.count) checks failed")
            throw ExitCode.failure
        }
        print("All \(checks.count) checks hold.")
    }
}
