import ArgumentParser
import EmbeddedPostgres
import Foundation
import LibPQ
import Subprocess
import SystemPackage
import UnixSignals
import WorkflowEventsPostgres

struct PsqlCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "psql",
        abstract: "Opens psql on the ledger; further arguments are psql's own.",
        usage: "runledger psql [<options>] [-- <psql arguments>]",
        discussion: """
            The ledger's schema comes first on the search path, so that tables and views need no prefix.

            Examples:
              runledger psql
              runledger psql -- -c "table runs"
            """)

    @OptionGroup var database: DatabaseOptions

    @Argument(parsing: .postTerminator, help: "Arguments for psql, after --.")
    var arguments: [String] = []

    func run() async throws {
        // Ctrl-C is psql's: it cancels a query there and must not end this process before it.
        signal(SIGINT, SIG_IGN)
        try await interruptibly(by: [.sigterm, .sighup]) {
            let status = try await database.withDatabase { try await psql(on: $0) }
            if status != 0 { throw ExitCode(status) }
        }
    }

    private func psql(on database: LedgerDatabase) async throws -> Int32 {
        // The server splits options at white space and takes a backslash for an escape.
        let name = PostgresQuery.quote(identifier: database.schema)
        let schema = String(name.flatMap { $0 == "\\" || $0.isWhitespace ? ["\\", $0] : [$0] })
        let options = (ProcessInfo.processInfo.environment["PGOPTIONS"] ?? "") + " -csearch_path=\(schema)"
        let (connection, password) = database.configuration.splitPassword
        var environment: [Environment.Key: String?] = ["PGOPTIONS": options]
        if let password { environment["PGPASSWORD"] = password }
        let result = try await Subprocess.run(
            program(), arguments: Arguments((connection.isEmpty ? [] : ["-d", connection]) + arguments),
            environment: .inherit.updating(environment),
            input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError)
        switch result.terminationStatus {
        case .exited(let code): return code
        case .signaled: return EXIT_FAILURE
        }
    }

    /// psql on the search path, else beside the server's programs, which not every package puts there.
    private func program() async throws -> Executable {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        if path.contains(where: { access("\($0)/psql", X_OK) == 0 }) { return .name("psql") }
        let installation = try? await PostgresInstallation.find()
        if let psql = installation.map({ $0.directory + "/psql" }), access(psql, X_OK) == 0 {
            return .path(FilePath(psql))
        }
        throw CommandError(
            "psql was not found; install PostgreSQL's client (apt install postgresql-client, brew install libpq) or put "
                + "its directory on PATH.")
    }
}
