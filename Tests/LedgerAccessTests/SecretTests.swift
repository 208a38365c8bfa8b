import LedgerAccess
import LedgerTestSupport
import Testing

@Suite("Secrets")
struct SecretTests {
    @Test("A hash is the SHA-256 of the text")
    func hash() {
        // FIPS 180-2, appendix B.1.
        let digits = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let hash = Secret.hash("abc").map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        #expect(hash == digits)
    }

    @Test("No two tokens are alike, and each holds 256 bits that need no escaping anywhere")
    func tokens() async throws {
        try await withTestLedger { ledger in
            let tokens = try await ledger.withTokens { repository in
                var tokens: [String] = []
                for number in 0..<50 {
                    tokens.append(try await repository.create(name: "t\(number)", scopes: [.eventsRead]))
                }
                return tokens
            }
            #expect(Set(tokens).count == 50)
            #expect(tokens.allSatisfy { $0.wholeMatch(of: /rl_[A-Za-z0-9_-]{43}/) != nil })
        }
    }
}
