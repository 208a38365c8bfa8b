import ArgumentParser

/// Breaks a ledger on purpose, and checks that it kept its promises.
@main
struct LedgerFaults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger-faults",
        abstract: "Breaks a ledger on purpose while many write to it and read from it, and checks what came of it.",
        subcommands: [RunCommand.self, LongTransactionCommand.self, SkillCommand.self],
        defaultSubcommand: RunCommand.self)
}
