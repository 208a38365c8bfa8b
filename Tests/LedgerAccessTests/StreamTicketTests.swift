import LedgerAccess
import LedgerTestSupport
import LibPQ
import Testing

@Suite("Tickets for a browser's stream")
struct StreamTicketTests {
    private let principal = Principal(name: "dashboard", scopes: [.eventsRead, .reportsRead])

    @Test("A ticket is good once, at any replica")
    func once() async throws {
        try await withTestLedger { ledger in
            let ticket = try await ledger.withPool { try await StreamTickets(pool: $0).issue(to: principal) }
            #expect(ticket.wholeMatch(of: /rlt_[A-Za-z0-9_-]{43}/) != nil)
            let shown = try await ledger.withPool { pool in
                let tickets = StreamTickets(pool: pool)
                return [try await tickets.redeem(ticket), try await tickets.redeem(ticket)]
            }
            #expect(shown == [principal, nil])
        }
    }

    @Test("Of several that show one ticket at once, one gets in")
    func race() async throws {
        try await withTestLedger { ledger in
            let admitted = try await ledger.withPool { pool in
                let tickets = StreamTickets(pool: pool)
                let ticket = try await tickets.issue(to: principal)
                return try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<6 { group.addTask { try await tickets.redeem(ticket) != nil } }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
            }
            #expect(admitted == 1)
        }
    }

    @Test("A ticket that is too old is no good, and goes away when the next is made")
    func expiry() async throws {
        try await withTestLedger { ledger in
            try await ledger.withPool { pool in
                let tickets = StreamTickets(pool: pool)
                let first = try await tickets.issue(to: principal)
                let second = try await tickets.issue(to: principal)
                let lifetimes = try await ledger.value(
                    "select bool_and(expires_at between now() + interval '20 s' and now() + interval '30 s') from stream_tickets",
                    as: Bool.self)
                #expect(lifetimes)
                _ = try await ledger.withAdministrator {
                    try await $0.execute("update stream_tickets set expires_at = now() - interval '1 s'")
                }
                #expect(try await tickets.redeem(first) == nil)
                let third = try await tickets.issue(to: principal)
                #expect(try await ledger.value("select count(*) from stream_tickets") == Int64(1))
                #expect(try await tickets.redeem(second) == nil)
                #expect(try await tickets.redeem(third) == principal)
            }
        }
    }

    @Test("What is no ticket is refused, a token included", arguments: ["", "rlt_x", "'", "rlt_\u{0}"])
    func wrong(text: String) async throws {
        try await withTestLedger { ledger in
            try await ledger.withPool { pool in
                let tickets = StreamTickets(pool: pool)
                let token = try await TokenRepository(pool: pool).create(name: "a", scopes: [.admin])
                #expect(try await tickets.redeem(text) == nil)
                #expect(try await tickets.redeem(token) == nil)
            }
        }
    }
}
