import ArgumentParser
package import LedgerAccess
package import LedgerReporting
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

extension Scope: ExpressibleByArgument {}

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Makes, lists and revokes the tokens with which clients use the service.",
        usage: "runledger token <subcommand> [<options>]",
        discussion: """
            Examples:
              runledger token create --name music-agent --scope events:write --expires 90d
              runledger token list
              runledger token revoke music-agent
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token and prints it, this once: only a hash of it is kept.",
            usage: "runledger token create --name <name> --scope <scope> ... [<options>]")

        @Option(
            help: ArgumentHelp(
                "What the events sent with it have as their source; a name is never used again.", valueName: "name"))
        var name: String

        @Option(
            name: .customLong("scope"), parsing: .singleValue,
            help: ArgumentHelp("What its bearer may do; repeat for several.", valueName: "scope"))
        var scopes: [Scope]

        @Option(help: ArgumentHelp("How long it is good: \(ExpiryArgument.help)", valueName: "time"))
        var expires: ExpiryArgument = .never

        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            if scopes.isEmpty { throw ValidationError("Give at least one --scope.") }
            if !TokenRepository.isValid(name: name) {
                throw ValidationError("--name must have \(TokenRepository.nameRule).")
            }
            if let expiry = expires.timestamp(), expiry <= PostgresTimestamp(Timestamp.now) {
                throw ValidationError("--expires must be in the future.")
            }
        }

        func run() async throws {
            try await interruptibly {
                try await database.withTokens { tokens in
                    let expiry = expires.timestamp()
                    let token = try await tokens.create(name: name, scopes: Set(scopes), expiresAt: expiry)
                    try Terminal.write(token + "\n")
                    let term = expiry.map { "is good until \(Timestamp($0))" } ?? "does not expire"
                    Terminal.note("The token \(name) \(term); it is shown this once.")
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists all tokens by name, the revoked ones too; never a token itself.",
            usage: "runledger token list [<options>]")

        @Option(help: "How to print them.")
        var format: OutputFormat = .table

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            try await interruptibly {
                try await database.withTokens { tokens in
                    try Listing(try await tokens.list(), envelope: "tokens").print(as: format)
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has a token refused, by every service within five seconds and for good.",
            usage: "runledger token revoke <name> [<options>]")

        @Argument(help: "The name of the token.")
        var name: String

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            try await interruptibly {
                try await database.withTokens { tokens in
                    try await tokens.revoke(name: name)
                    Terminal.note("The token \(name) is revoked.")
                }
            }
        }
    }
}

extension DatabaseOptions {
    /// Runs `body` with the tokens of the ledger.
    fileprivate func withTokens(_ body: (TokenRepository) async throws -> Void) async throws {
        try await withLedger { _, pool in try await body(TokenRepository(pool: pool)) }
    }
}

extension AccessToken: TableRow {
    package static var columns: [ReportDefinition.Column] {
        [
            .init(name: "name", type: .text), .init(name: "state", type: .text), .init(name: "scopes", type: .texts),
            .init(name: "created_at", type: .timestamp), .init(name: "expires_at", type: .timestamp),
            .init(name: "revoked_at", type: .timestamp),
        ]
    }

    package var cells: [ReportValue] {
        [
            .text(name), .text(isValid ? "valid" : revokedAt == nil ? "expired" : "revoked"),
            .texts(scopes.map(\.rawValue).sorted()), .timestamp(Timestamp(createdAt)),
            expiresAt.map { .timestamp(Timestamp($0)) } ?? .null,
            revokedAt.map { .timestamp(Timestamp($0)) } ?? .null,
        ]
    }
}
