import AsyncHTTPClient
import LedgerAccess
import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import NIOCore
import NIOHTTP1
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("The stream", .timeLimit(.minutes(10)))
struct StreamTests {
    @Test("Tells history, caught_up once, then live, without a gap or a repeat, while several writers write")
    func gapFree() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                async let all = follow(service, "?after=0", 3600)
                try await store(service, writers: 0..<2, batches: 40)
                async let rest = follow(service, "?after=0", 3600)
                try await store(service, writers: 2..<6, batches: 40)
                for (events, controls) in [try await all, try await rest] {
                    #expect(events.map(\.position) == Array(1...3600))
                    #expect(controls.map(\.control) == ["caught_up"])
                }
            }
        }
    }

    @Test(
        "Gives each subscriber what its filter passes, in the history and live",
        arguments: [
            ("run_id=a", [1, 2, 5]), ("node=LYRICS", [3, 4, 5]), ("run_id=a&run_id=b&node=STYLE", []),
            ("run_id=a&node=LYRICS", [5]), ("phase=end", [1, 2, 3, 4, 5]), ("phase=fail&phase=start", []),
            ("run_id=a&run_id=b", [1, 2, 3, 4, 5]), ("node=PLAN&node=STYLE", [1, 2]), ("", [1, 2, 3, 4, 5, 11]),
        ] as [(String, [Int64])])
    func filters(query: String, expected: [Int64]) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let rounds = [
                    numberedEvents(0..<2, runID: "a", node: .plan) + numberedEvents(2..<4, runID: "b")
                        + numberedEvents(4..<5, runID: "a"),
                    numberedEvents(5..<7, runID: "a", node: .plan) + numberedEvents(7..<9, runID: "b")
                        + numberedEvents(9..<10, runID: "a"),
                ]
                try await service.post(rounds[0])
                try await WebSocketClient.connect(service, "/v1/stream?after=0&\(query)") { client in
                    let wanted = expected.filter { $0 <= 5 }
                    #expect(try await client.history().map(\.position) == wanted)
                    try await service.post(rounds[1])
                    let live = try await client.events(wanted.count).events
                    #expect(live.map(\.position) == wanted.map { $0 + 5 })
                }
            }
        }
    }

    @Test("Goes on behind the position a client saw last, by after= and by Last-Event-ID")
    func resume() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<50))
                let rest = try await WebSocketClient.connect(service, "/v1/stream?after=20") { try await $0.history() }
                #expect(rest.map(\.position) == Array(21...50))
                let lines = try await service.serverSentEvents(
                    "?after=3", headers: ["Last-Event-ID": "48"], until: "caught_up")
                #expect(lines.filter { $0.hasPrefix("id: ") } == ["id: 49", "id: 50"])
                #expect(lines.filter { $0.hasPrefix("event: ") } == ["event: control"])
                #expect(lines.first == "retry: 1000")
                let cased = try await service.serverSentEvents(
                    "", headers: ["Accept": "text/html;q=0.1, Text/Event-Stream"], until: "caught_up")
                #expect(cased.first == "retry: 1000")
            }
        }
    }

    @Test("Without after there is only what is new, whoever commits it")
    func live() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<5))
                try await WebSocketClient.connect(service, "/v1/stream") { client in
                    let first = try await client.message()
                    #expect(first?.control == "caught_up" && first?.position == 5)
                    #expect(first?.ledger_id?.count == 36)
                    try await service.post(numberedEvents(5..<6))
                    #expect(try await client.message()?.position == 6)
                    _ = try await ledger.withRepository { try await $0.append(numberedEvents(6..<8)) }
                    #expect(try await client.events(2).events.map(\.position) == [7, 8])
                }
            }
        }
    }

    @Test("Without subscribers committed batches get their positions at most five times a second, many at once")
    func numberingWithoutSubscribers() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                // The very first pass gives each batch a time of its own, every other all of its batches one.
                try await service.post(numberedEvents(0..<1))
                try await ledger.wait(until: "select sequence() = 1")
                let begin = ContinuousClock.now
                for number in 1...200 { try await service.post(numberedEvents(number..<number + 1)) }
                try await ledger.wait(until: "select count(sequenced_at) = 201 from event_batches")
                let passCount: Int64 = try await ledger.value(
                    "select count(distinct sequenced_at) from event_batches where first_position > 1")
                // The first may have begun before the first post, and so may the pause after it.
                #expect(Double(passCount) <= 2 + (.now - begin) / .milliseconds(200))
            }
        }
    }

    @Test("A client that does not read falls back to the database, and others do not wait for it")
    func slowReader() async throws {
        try await withTestLedger { ledger in
            var settings = ServiceSettings()
            settings.ringBytes = 64 << 10
            let count = 4000
            try await ledger.withService(settings) { service in
                try await WebSocketClient.connect(service, "/v1/stream", receiveBufferBytes: 4096) { slow in
                    async let fast = follow(service, "?after=0", count)
                    #expect(try await slow.message()?.control == "caught_up")
                    let text = String(repeating: "x", count: 4000)
                    for first in stride(from: 0, to: count, by: 100) {
                        try await service.post(numberedEvents(first..<first + 100, issue: text))
                    }
                    #expect(try await fast.events.map(\.position) == Array(1...Int64(count)))
                    #expect(try await slow.events(count).events.map(\.position) == Array(1...Int64(count)))
                }
            }
        }
    }

    @Test("Lives on through the loss of every connection to the database")
    func databaseConnections() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await WebSocketClient.connect(service, "/v1/stream?after=0") { client in
                    #expect(try await client.history() == [])
                    for number in 0..<10 {
                        _ = try await ledger.value(
                            """
                            select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
                            where datname = current_database() and usename = 'runledger_writer'
                            """, as: Int64.self)
                        while try await service.post(numberedEvents(number..<number + 1)) != 201 {}
                    }
                    #expect(try await client.events(10).events.map(\.position) == Array(1...10))
                }
            }
        }
    }

    @Test("A shutdown tells every stream, closes it with 1012 and ends")
    func shutdown() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                async let lines = service.serverSentEvents("", until: nil)
                try await WebSocketClient.connect(service, "/v1/stream") { client in
                    #expect(try await client.message()?.control == "caught_up")
                    while try await service.metric("runledger_stream_subscribers") < 2 {}
                    await service.stop()
                    #expect(try await client.message()?.control == "closing")
                    let close = try await client.frame()
                    #expect(close?.closeCode == 1012)
                    try await client.send(opcode: 8, [3, 244])
                    #expect(try await client.frame() == nil)
                }
                #expect(try await lines.suffix(2) == ["event: control", #"data: {"control":"closing"}"#])
            }
        }
    }

    @Test("A stream ends when the token that opened it is revoked or expires, and no other does")
    func lostTokens() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let (revoked, expiring) = try await withLedgerPool(ledger.database, logger: TestLedger.logger) { pool in
                    let tokens = TokenRepository(pool: pool)
                    let soon = try await ledger.value(
                        "select clock_timestamp() + interval '4 seconds'", as: PostgresTimestamp.self)
                    return (
                        "Bearer " + (try await tokens.create(name: "revoked", scopes: [.eventsRead])),
                        "Bearer " + (try await tokens.create(name: "expiring", scopes: [.eventsRead], expiresAt: soon))
                    )
                }
                async let lines = service.serverSentEvents("", headers: ["Authorization": revoked], until: nil)
                async let expired = closeCode(service, authorization: expiring)
                async let lost = closeCode(service, authorization: revoked)
                try await WebSocketClient.connect(service, "/v1/stream") { lasting in
                    #expect(try await lasting.message()?.control == "caught_up")
                    while try await service.metric("runledger_stream_subscribers") < 4 {}
                    try await withLedgerPool(ledger.database, logger: TestLedger.logger) { pool in
                        try await TokenRepository(pool: pool).revoke(name: "revoked")
                    }
                    while try await service.metric("runledger_stream_subscribers") > 1 {}
                    try await service.post(numberedEvents(0..<1))
                    #expect(try await lasting.message()?.position == 1)
                }
                #expect(try await (expired, lost) == (1008, 1008))
                let told = try await lines
                #expect(told.contains("event: control") && !told.contains { $0.contains("closing") })
            }
        }
    }

    @Test("History that cannot be read, now or later, ends the stream at once")
    func unreadableHistory() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<5))
                try await ledger.withAdministrator {
                    _ = try await $0.execute("revoke select on ledger_events from runledger_writer")
                }
                for query in ["after=0", "after=0&run_id=r1", "after=0&node=LYRICS"] {
                    try await WebSocketClient.connect(service, "/v1/stream?\(query)") { client in
                        let close = try await client.frame()
                        #expect(close?.closeCode == 1011)
                    }
                }
                #expect(try await service.serverSentEvents("?after=0", until: nil) == ["retry: 1000"])
            }
        }
    }

    @Test("Its place is free again when a client has gone, and none over the limit gets one")
    func places() async throws {
        try await withTestLedger { ledger in
            var settings = ServiceSettings()
            settings.maximumSubscribers = 1
            try await ledger.withService(settings) { service in
                for _ in 0..<2 {
                    let lines = try await service.serverSentEvents("?after=0", until: "caught_up")
                    #expect(!lines.isEmpty)
                    while try await service.metric("runledger_stream_subscribers") > 0 {}
                    try await WebSocketClient.connect(service, "/v1/stream") { client in
                        #expect(client.status == 101)
                        try await WebSocketClient.connect(service, "/v1/stream") { other in
                            #expect(other.status == 503)
                            #expect(other.head.lowercased().contains("retry-after: 1"))
                            let answer = try await other.rest()
                            #expect(answer.contains("There are 1 streams already."))
                        }
                    }
                    while try await service.metric("runledger_stream_subscribers") > 0 {}
                }
            }
        }
    }
}

/// Stores batches of 1 to 29 events from several writers at a time: 15 a batch on average over forty batches.
private func store(_ service: TestService, writers: Range<Int>, batches: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in writers {
            group.addTask {
                var number = 0
                for batch in 0..<batches {
                    let count = batch % 2 == 0 ? 1 + batch % 29 : 29 - (batch - 1) % 29
                    let events = numberedEvents(number..<number + count, runID: "w\(writer)")
                    let status = try await service.post(events)
                    #expect(status == 201)
                    number += count
                }
            }
        }
        try await group.waitForAll()
    }
}

/// Reads `count` events, and what controls come between.
private func follow(
    _ service: TestService, _ query: String, _ count: Int
) async throws -> (events: [StreamMessage], controls: [StreamMessage]) {
    try await WebSocketClient.connect(service, "/v1/stream\(query)") { try await $0.events(count) }
}

/// The code with which a stream that `authorization` opens is closed once it has caught up.
private func closeCode(_ service: TestService, authorization: String) async throws -> Int? {
    try await WebSocketClient.connect(service, "/v1/stream", headers: ["Authorization": authorization]) { client in
        #expect(try await client.message()?.control == "caught_up")
        return try await client.frame()?.closeCode
    }
}
