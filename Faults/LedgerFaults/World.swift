import LibPQ
import Logging
import WorkflowEventsPostgres

/// A ledger at work, with everything that faults may hit.
struct World: Sendable {
    let seed: UInt64
    /// The ledger as a superuser reaches it, past the proxies.
    let ledger: LedgerDatabase
    /// Where the private PostgreSQL is.
    let dataDirectory: String
    let runledger: String
    let details: Details
    let replicas: Replicas
    let replicaProcesses: [SupervisedProcess]
    /// Between the replicas, and the skills, and PostgreSQL.
    let proxies: [FaultyProxy]
    /// Skills that may be killed.
    let skills: [SupervisedProcess]
    /// The skill with little room, which is never killed: it has to tell of each event it dropped.
    let tinySkill: SupervisedProcess
    /// The small disk under its spool; `nil` where none could be mounted.
    let spoolDisk: SmallDisk?
    /// The small disk under PostgreSQL; `nil` where none could be mounted.
    let serverDisk: SmallDisk?
    /// The clocks of PostgreSQL and the replicas; `nil` where they have the machine's.
    let clocks: SteppedClocks?

    static let logger = Logger(label: "faults") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `runledger` with `arguments` on the ledger.
    func command(_ arguments: [String]) async throws -> Program.Outcome {
        try await Program.run(runledger, arguments + ["--database-url", ledger.url])
    }

    /// Runs `body` with a superuser's connection of its own.
    func withAdministrator<Value: Sendable>(
        _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await PostgresConnection.withConnection(ledger.configuration, logger: Self.logger, body)
    }

    /// The first value that `query` answers a superuser.
    func value<Value: PostgresDecodable & Sendable>(
        _ query: PostgresQuery, as type: Value.Type = Value.self
    ) async throws -> Value {
        try await withAdministrator { try await $0.query(query)[0].decode(type) }
    }
}
