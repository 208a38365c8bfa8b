import Foundation
import LedgerMigrations
import LedgerTestSupport
import LibPQ
import Testing

@testable import LedgerSchema

/// Gives `body` a migrator for a schema of its own, with roles of its own, in an empty database.
nonisolated(nonsending) func withMigrator<Value>(
    migrations: [Migration] = Migration.all, _ body: (Migrator) async throws -> Value
) async throws -> Value {
    let schema = "t\(UUID().uuidString.lowercased().prefix(8))"
    let result: Result<Value, any Error>
    do {
        result = .success(
            try await withTestDatabase { configuration in
                try await body(
                    Migrator(configuration, schema: schema, migrations: migrations, logger: testLogger))
            })
    } catch {
        result = .failure(error)
    }
    let roles = LedgerRoles(schema: schema)
    for role in [roles.owner, roles.writer, roles.reader] {
        try await TestServer.run("drop role if exists \(identifier: role)", on: TestServer.configuration())
    }
    return try result.get()
}

/// Expects `body` to throw a ``SchemaError`` of that code.
nonisolated(nonsending) func expectFailure<Value>(
    _ code: SchemaError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async {
    do {
        _ = try await body()
        Issue.record("it succeeded", sourceLocation: sourceLocation)
    } catch {
        #expect((error as? SchemaError)?.code == code, "\(error)", sourceLocation: sourceLocation)
    }
}

enum MigrationLockProbe {
    /// The key of the lock that a migrator of the schema takes.
    static func key(schema: String) -> Int64 { MigrationLock(schema: schema).key }
}
