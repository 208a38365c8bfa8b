import Foundation
import LedgerSchema
import LibPQ
import WorkflowEventsPostgres

extension Workbench {
    /// Runs `body` with an empty ledger in a database of its own, which is dropped afterwards: what one measure stored
    /// is no burden to the next. One may be used within another.
    func withNewLedger<R: Sendable>(_ body: (Workbench) async throws -> R) async throws -> R {
        let name = "measured_" + UUID().uuidString.prefix(8).lowercased()
        try await server("create database \(name)")
        // A later keyword overrides the database of the path.
        let database = LedgerDatabase(url: database.url + "&dbname=\(name)")
        let result: Result<R, any Error>
        do {
            _ = try await Migrator(database.configuration, schema: database.schema, logger: logger).up()
            result = .success(try await body(Workbench(database: database, directory: directory, logger: logger)))
        } catch {
            result = .failure(error)
        }
        try await server("drop database \(name) with (force)")
        return try result.get()
    }

    private func server(_ statement: String) async throws {
        try await withPool { pool in
            try await pool.withConnection { try await $0.execute(script: statement) }
        }
    }
}
