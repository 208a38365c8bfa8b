import Foundation
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Tokens")
struct TokenTests {
    @Test("A new token is alone on standard output, and only its hash is in the database")
    func create() async throws {
        try await withTestDatabase { database in
            let runledger = CommandLineTool(database: database)
            try #require(try await runledger("migrate", "up").exitCode == 0)
            let outcome = try await runledger(
                "token", "create", "--name", "music-agent", "--scope", "events:write", "--scope", "events:read")
            #expect(outcome.exitCode == 0)
            let token = try #require(outcome.output.wholeMatch(of: /(rl_[A-Za-z0-9_-]{43})\n/)).1
            #expect(outcome.errors == "The token music-agent does not expire; it is shown this once.\n")
            try await TestServer.run(
                """
                do $$ begin
                    assert (select token_sha256 = sha256(\(unsafeSQL: "'\(token)'")::bytea) and expires_at is null
                            and scopes = array['events:read', 'events:write'] from runledger.access_tokens);
                end $$
                """, on: database)

            let again = try await runledger("token", "create", "--name", "music-agent", "--scope", "admin")
            #expect(again.output == "")
            #expect(
                again.errors == """
                    Error: There is or was a token called music-agent, and a source stays one sender; choose another \
                    name.\n
                    """)
            #expect(again.exitCode == 1)
        }
    }

    @Test("A token is good for so long from now, or up to a moment")
    func expiry() async throws {
        try await withLedger { runledger in
            for (name, expires) in [
                ("a", "30d"), ("b", "2099-01-01"), ("c", "2099-01-01T12:00:00+02:00"), ("d", "never"),
            ] {
                let outcome = try await runledger(
                    "token", "create", "--name", name, "--scope", "admin", "--expires", expires)
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
            }
            let tokens = try await list(runledger)
            #expect(tokens.map { $0["name"] as? String } == ["a", "b", "c", "d"])
            let created = try #require(tokens[0]["created_at"] as? String)
            let expires = try #require(tokens[0]["expires_at"] as? String)
            let lifetime = try Date(expires, strategy: Self.time).timeIntervalSince(Date(created, strategy: Self.time))
            #expect(abs(lifetime - 30 * 86_400) < 60)
            #expect(tokens[1]["expires_at"] as? String == "2099-01-01T00:00:00.000000Z")
            #expect(tokens[2]["expires_at"] as? String == "2099-01-01T10:00:00.000000Z")
            #expect(tokens[3]["expires_at"] is NSNull)
        }
    }

    @Test("The list shows every token and how it stands, and no secret")
    func list() async throws {
        try await withLedger { runledger in
            let none = try await runledger("token", "list")
            #expect(none.output == "(no rows)\n")
            let created = try await runledger("token", "create", "--name", "music-agent", "--scope", "events:write")
            _ = try await runledger("token", "create", "--name", "dashboard", "--scope", "events:read")
            #expect(try await runledger("token", "revoke", "dashboard").exitCode == 0)
            for format in ["table", "json", "ndjson", "csv"] {
                let outcome = try await runledger("token", "list", "--format", format)
                #expect(outcome.exitCode == 0)
                #expect(!outcome.output.contains(created.output.dropLast().dropFirst(3)), "\(format)")
                #expect(!outcome.output.contains("sha256"), "\(format)")
            }
            let tokens = try await list(runledger)
            #expect(tokens.map { $0["state"] as? String } == ["revoked", "valid"])
            #expect(tokens[1]["scopes"] as? [String] == ["events:write"])
            #expect(tokens[0]["revoked_at"] is String)
        }
    }

    @Test("Revoking a token again changes nothing, and revoking none fails")
    func revoke() async throws {
        try await withLedger { runledger in
            _ = try await runledger("token", "create", "--name", "a", "--scope", "admin")
            let first = try await runledger("token", "revoke", "a")
            #expect(first.errors == "The token a is revoked.\n")
            #expect(first.output == "")
            let time = try await list(runledger)[0]["revoked_at"] as? String
            #expect(try await runledger("token", "revoke", "a").exitCode == 0)
            #expect(try await list(runledger)[0]["revoked_at"] as? String == time)
            let unknown = try await runledger("token", "revoke", "b")
            #expect(unknown.errors == "Error: There is no token called b; runledger token list shows them.\n")
            #expect(unknown.exitCode == 1)
        }
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private func list(_ runledger: CommandLineTool) async throws -> [[String: Any]] {
        let outcome = try await runledger("token", "list", "--format", "json")
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        return try #require(object?["tokens"] as? [[String: Any]])
    }
}
