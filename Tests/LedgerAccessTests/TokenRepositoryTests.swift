import LedgerAccess
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Tokens in the ledger")
struct TokenRepositoryTests {
    @Test("A token is found by its text, with its name and scopes, and by nothing else")
    func find() async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                let token = try await tokens.create(name: "skill", scopes: [.eventsWrite, .eventsRead])
                let found = try #require(try await tokens.find(token))
                #expect(found.principal == Principal(name: "skill", scopes: [.eventsWrite, .eventsRead]))
                #expect(found.isValid)
                #expect(found.expiresAt == nil)
                #expect(found.revokedAt == nil)
                for other in ["", token + "x", String(token.dropLast()), token.uppercased(), "skill"] {
                    #expect(try await tokens.find(other) == nil, "\(other)")
                }
            }
        }
    }

    @Test("A token past its expiry is known and no good")
    func expiry() async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                let old = try await tokens.create(name: "old", scopes: [.admin], expiresAt: .past)
                let young = try await tokens.create(name: "young", scopes: [.admin], expiresAt: .future)
                #expect(try await tokens.find(old)?.isValid == false)
                #expect(try await tokens.find(young)?.isValid == true)
                #expect(try await tokens.find(young)?.expiresAt == .future)
            }
        }
    }

    @Test("A revoked token is no good from then on, and revoking it again keeps the first time")
    func revoke() async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                let token = try await tokens.create(name: "skill", scopes: [.eventsWrite])
                try await tokens.revoke(name: "skill")
                let first = try #require(try await tokens.find(token))
                #expect(!first.isValid)
                #expect(first.revokedAt != nil)
                try await tokens.revoke(name: "skill")
                #expect(try await tokens.find(token)?.revokedAt == first.revokedAt)
                let error = await #expect(throws: AccessError.self) { try await tokens.revoke(name: "other") }
                #expect(error?.code == .unknown)
            }
        }
    }

    @Test("A name is never used again, not even one that was revoked, and the first token stays good")
    func reuse() async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                let token = try await tokens.create(name: "skill", scopes: [.eventsWrite])
                for _ in 0..<2 {
                    let error = await #expect(throws: AccessError.self) {
                        try await tokens.create(name: "skill", scopes: [.admin])
                    }
                    #expect(error?.code == .nameTaken)
                    #expect(error?.message.contains(token) == false)
                    try await tokens.revoke(name: "skill")
                }
                #expect(try await tokens.find(token)?.scopes == [.eventsWrite])
            }
        }
    }

    @Test("Of several that ask for one name at once, one gets it")
    func race() async throws {
        try await withTestLedger { ledger in
            let made = try await ledger.withTokens { tokens in
                await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<6 {
                        group.addTask { (try? await tokens.create(name: "skill", scopes: [.admin])) != nil }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
            }
            #expect(made == 1)
        }
    }

    @Test(
        "A name that cannot be a source is refused before the database is asked",
        arguments: ["", "runledger.admin", "a\nb", "a\u{0}", "\u{7F}", "\u{85}", String(repeating: "é", count: 128)])
    func names(name: String) async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                let error = await #expect(throws: AccessError.self) {
                    try await tokens.create(name: name, scopes: [.admin])
                }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test("A name may be anything else a source may be")
    func oddNames() async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                let names = [
                    "x", "Günther's Skill №1", "'; drop table access_tokens; --", String(repeating: "é", count: 127),
                ]
                for name in names {
                    let token = try await tokens.create(name: name, scopes: [.eventsWrite])
                    #expect(try await tokens.find(token)?.name == name)
                }
                #expect(try await Set(tokens.list().map(\.name)) == Set(names))
            }
        }
    }

    @Test("A token without a scope is refused")
    func noScope() async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                let error = await #expect(throws: AccessError.self) { try await tokens.create(name: "a", scopes: []) }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test("The list has every token by name, the revoked and expired ones too")
    func list() async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                _ = try await tokens.create(name: "c", scopes: [.admin])
                _ = try await tokens.create(name: "a", scopes: Set(Scope.allCases))
                _ = try await tokens.create(name: "b", scopes: [.reportsRead], expiresAt: .past)
                try await tokens.revoke(name: "c")
                let list = try await tokens.list()
                #expect(list.map(\.name) == ["a", "b", "c"])
                #expect(list.map(\.isValid) == [true, false, false])
                #expect(list[0].scopes == Set(Scope.allCases))
            }
        }
    }

    @Test("Only a token that could be used makes the ledger one with tokens")
    func isEmpty() async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                #expect(try await tokens.isEmpty())
                _ = try await tokens.create(name: "old", scopes: [.admin], expiresAt: .past)
                #expect(try await tokens.isEmpty())
                _ = try await tokens.create(name: "a", scopes: [.eventsRead])
                #expect(try await !tokens.isEmpty())
                try await tokens.revoke(name: "a")
                #expect(try await tokens.isEmpty())
            }
        }
    }

    @Test("The first token may do everything, and is made again under a new name only when no other is good")
    func createFirst() async throws {
        try await withTestLedger { ledger in
            try await ledger.withTokens { tokens in
                let first = try #require(try await tokens.createFirst())
                #expect(try await tokens.find(first)?.principal == Principal(name: "admin", scopes: [.admin]))
                #expect(try await tokens.createFirst() == nil)
                try await tokens.revoke(name: "admin")
                let second = try #require(try await tokens.createFirst())
                #expect(try await tokens.find(second)?.name == "admin-2")
            }
        }
    }

    @Test("Of services that start at once on a ledger without tokens, one makes the first")
    func firstRace() async throws {
        try await withTestLedger { ledger in
            let made = try await ledger.withTokens { tokens in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<6 { group.addTask { try await tokens.createFirst() != nil } }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
            }
            #expect(made == 1)
        }
    }

    @Test("What is stored of a token is its hash alone")
    func storage() async throws {
        try await withTestLedger { ledger in
            let token = try await ledger.withTokens { try await $0.create(name: "a", scopes: [.admin]) }
            let row = try await ledger.value("select access_tokens::text from access_tokens", as: String.self)
            #expect(!row.contains(token))
            #expect(!row.contains(token.dropFirst(3)))
            let hash = try await ledger.value("select token_sha256 from access_tokens", as: [UInt8].self)
            #expect(hash == Secret.hash(token))
        }
    }
}
