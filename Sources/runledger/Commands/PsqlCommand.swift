import ArgumentParser
import Foundation

struct PsqlCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "psql",
        abstract: "Opens psql on the ledger; further arguments are psql's own.",
        discussion: """
            The ledger's schema comes first on the search path, so that the tables and views need no prefix.

            Example:
              runledger psql -- -c "select node, count(*) from workflow_events group by node"
            """)

    @OptionGroup var database: DatabaseOptions

    @Argument(parsing: .captureForPassthrough, help: "Arguments for psql.")
    var arguments: [String] = []

    func run() async throws {
        let status = try await database.withDatabase { database in
            try await Self.psql(database.url, schema: database.schema, arguments.first == "--" ? Array(arguments.dropFirst()) : arguments)
        }
        if status != 0 { throw ExitCode(status) }
    }
}
