package import LibPQ
import Foundation
import Logging

/// Gives `body` an empty database of its own, and drops it afterwards.
///
/// The server is the one that `RUNLEDGER_TEST_DATABASE_URL` names, as a superuser.
package nonisolated(nonsending) func withTestDatabase<Value>(
    _ body: (PostgresConfiguration) async throws -> Value
) async throws -> Value {
    let server = try TestServer.configuration()
    await TestSlots.shared.acquire()
    defer { TestSlots.shared.release() }
    let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    try await TestServer.run("create database \(identifier: name) template template0 encoding 'UTF8'", on: server)
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(TestServer.configuration(server, database: name)))
    } catch {
        result = .failure(error)
    }
    try await TestServer.run("drop database \(identifier: name) with (force)", on: server)
    return try result.get()
}

/// The PostgreSQL server of the integration tests.
package enum TestServer {
    private static let variable = "RUNLEDGER_TEST_DATABASE_URL"

    /// How to reach it, as a superuser.
    package static func configuration() throws -> PostgresConfiguration {
        guard let url = ProcessInfo.processInfo.environment[variable], !url.isEmpty else {
            throw TestServerMissing()
        }
        return PostgresConfiguration(connectionString: url, applicationName: "runledger-tests")
    }

    /// The same server, another database.
    package static func configuration(_ server: PostgresConfiguration, database: String) -> PostgresConfiguration {
        adding("dbname", database, to: server)
    }

    /// The same server, with one keyword of libpq's set or replaced. The value needs no quotes.
    package static func adding(_ keyword: String, _ value: String, to server: PostgresConfiguration)
        -> PostgresConfiguration
    {
        var configuration = server
        if server.connectionString.contains("://") {
            let separator = server.connectionString.contains("?") ? "&" : "?"
            configuration.connectionString += "\(separator)\(keyword)=\(value)"
        } else {
            configuration.connectionString += " \(keyword)=\(value)"
        }
        return configuration
    }

    /// Runs one statement on a connection of its own, also in a task that has been cancelled.
    package static func run(_ query: PostgresQuery, on configuration: PostgresConfiguration) async throws {
        try await Task {
            try await PostgresConnection.withConnection(configuration, logger: Logger(label: "tests")) {
                _ = try await $0.execute(query)
            }
        }.value
    }
}

/// The integration tests were started without a server.
package struct TestServerMissing: Error, CustomStringConvertible {
    package let description = """
        RUNLEDGER_TEST_DATABASE_URL is not set: these tests need a PostgreSQL server. \
        Run script/test, which starts one.
        """
}
