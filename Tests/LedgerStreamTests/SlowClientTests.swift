import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import Testing

@Suite("A client that takes its time", .timeLimit(.minutes(2)))
struct SlowClientTests {
    private static var impatient: ServiceSettings {
        var settings = ServiceSettings()
        settings.requestTimeout = .seconds(1)
        return settings
    }

    /// For honest clients on a machine that has much to do.
    private static var calmer: ServiceSettings {
        var settings = ServiceSettings()
        settings.requestTimeout = .seconds(3)
        return settings
    }

    private static let event = #"{"run_id":"r1","node":"PLAN","phase":"start"}"#
    private static let head = RawConnection.head(
        "POST /v1/events", "Content-Type: application/json", "Content-Length: 1000")

    /// What is sent at once, what then comes byte by byte for ever, and whether it is to be answered.
    struct Dawdling: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var byte: String?
        var status: Int?
    }

    static let dawdlings = [
        Dawdling(testDescription: "before a request", text: ""),
        Dawdling(testDescription: "with empty lines", text: "\r\n", byte: "\r\n"),
        Dawdling(testDescription: "within a method", text: "PO", status: 408),
        Dawdling(testDescription: "within a path", text: "GET /a", byte: "a", status: 408),
        Dawdling(
            testDescription: "within a header", text: "GET / HTTP/1.1\r\nHost: x\r\n", byte: "X: y\r\n", status: 408),
        Dawdling(testDescription: "before a body", text: head, status: 408),
        Dawdling(testDescription: "within a body", text: head + event, byte: " ", status: 408),
        Dawdling(
            testDescription: "within a body in chunks",
            text: RawConnection.head("POST /v1/events", "Content-Type: application/json", "Transfer-Encoding: chunked"),
            byte: "1\r\n \r\n", status: 408),
        Dawdling(
            testDescription: "within a body that has been answered",
            text: head.replacing(TestService.token, with: "another-token"), byte: " ", status: 401),
        Dawdling(
            testDescription: "within a body that nobody reads",
            text: RawConnection.head("GET /healthz", "Content-Length: 1000"), byte: " ", status: 200),
        Dawdling(
            testDescription: "after a request", text: RawConnection.head("GET /healthz"), status: 200),
    ]

    @Test("Is told so and cut off, whatever it still sends", arguments: dawdlings)
    func overdue(_ dawdling: Dawdling) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService(Self.impatient) { service in
                try await RawConnection.open(service) { connection in
                    try await connection.send(dawdling.text)
                    let sender = connection.sender
                    let dripping = Task {
                        while let byte = dawdling.byte {
                            try await sender.write(byte)
                            try await Task.sleep(for: .milliseconds(20))
                        }
                    }
                    defer { dripping.cancel() }
                    if let status = dawdling.status {
                        let answer = try await connection.answer()
                        #expect(answer.status == status)
                        if status == 408 { #expect(answer.field("Connection") == "close") }
                    }
                    #expect(try await connection.rest(allowingReset: dawdling.byte != nil) == "")
                }
                #expect(try await service.metric("runledger_request_body_bytes") == 0)
            }
            #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 0)
        }
    }

    @Test("Does not hold up others, be there hundreds of it, and leaves nothing behind")
    func many() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService(Self.calmer) { service in
                try await withThrowingTaskGroup { group in
                    for number in 0..<300 {
                        group.addTask {
                            try await RawConnection.open(service) { connection in
                                try await connection.send(number % 2 == 0 ? "GET / HT" : Self.head + "[")
                                let answer = try await connection.answer()
                                #expect(answer.status == 408)
                            }
                        }
                    }
                    for number in 0..<50 {
                        #expect(try await service.post(numberedEvents(0..<10, runID: "run-\(number)")) == 201)
                    }
                    try await group.waitForAll()
                }
                while try await service.metric("runledger_client_connections") > 1 {}
                #expect(try await service.metric("runledger_request_body_bytes") == 0)
            }
            #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 500)
        }
    }

    @Test("Is cut off where it takes nothing of what it asked for")
    func stalled() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService(Self.impatient) { service in
                try await RawConnection.open(service, receiveBufferBytes: 4096) { connection in
                    // More than the systems of both keep for it.
                    let question = RawConnection.head("GET /openapi.json")
                    let sender = connection.sender
                    let asking = Task { try await sender.write(String(repeating: question, count: 2000)) }
                    while try await service.metric("runledger_client_connections") < 2 {}
                    while try await service.metric("runledger_client_connections") > 1 {}
                    asking.cancel()
                }
            }
        }
    }

    @Test(
        "Gets a long answer whole, though it takes longer over it than a request may",
        arguments: ["Connection: te", "Connection: close"])
    func taking(connection field: String) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService(Self.calmer) { service in
                // A page of some 8 MB, of which the systems keep no more than half.
                for batch in 0..<4 {
                    let issue = String(repeating: "x", count: 8000)
                    let events = (0..<500).map { number in
                        #"{"run_id":"r\#(batch)","node":"N\#(number)","phase":"end","issues":["\#(issue)","\#(issue)"]}"#
                            + "\n"
                    }
                    let answer = try await service.post(events.joined(), type: "application/x-ndjson")
                    #expect(answer.status == 201)
                }
                try await RawConnection.open(service, receiveBufferBytes: 65_536) { connection in
                    try await connection.send(RawConnection.head("GET /v1/events?limit=1000", field))
                    let begin = ContinuousClock.now
                    let answer = try await connection.answer { _ in
                        if ContinuousClock.now - begin < .seconds(6) { try await Task.sleep(for: .milliseconds(20)) }
                    }
                    #expect(answer.status == 200)
                    #expect(answer.body.utf8.count > 8_000_000)
                    #expect(answer.body.hasSuffix("}\n"))
                }
            }
        }
    }

    @Test("Of a stream may be quiet for longer than a request may take")
    func streams() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService(Self.impatient) { service in
                try await WebSocketClient.connect(service, "/v1/stream?after=0") { socket in
                    #expect(try await socket.message()?.control == "caught_up")
                    try await RawConnection.open(service) { events in
                        try await events.send(
                            RawConnection.head("GET /v1/stream?after=0", "Accept: text/event-stream"))
                        _ = try await events.text(upTo: "caught_up")
                        // Three times as long as that.
                        for _ in 0..<3 {
                            try await RawConnection.open(service) { connection in
                                try await connection.send("GET /")
                                #expect(try await connection.answer().status == 408)
                            }
                        }
                        #expect(try await service.post(numberedEvents(0..<1, runID: "late")) == 201)
                        _ = try await events.text(upTo: #""run_id":"late""#)
                    }
                    #expect(try await socket.events(1).events.count == 1)
                }
            }
        }
    }

    @Test("Beyond the connections that there may be is answered 503, and served once there is room")
    func tooMany() async throws {
        try await withTestLedger { ledger in
            var settings = ServiceSettings()
            settings.maximumConnections = 3
            let records = LogRecords()
            try await ledger.withService(settings, logger: records.logger) { service in
                try await RawConnection.open(service) { first in
                    try await first.send(RawConnection.head("GET /healthz"))
                    #expect(try await first.answer().status == 200)
                    try await RawConnection.open(service) { second in
                        try await second.send(RawConnection.head("GET /healthz"))
                        #expect(try await second.answer().status == 200)
                        try await RawConnection.open(service) { third in
                            try await third.send(RawConnection.head("GET /metrics"))
                            let metrics = try await third.answer().body
                            #expect(metrics.contains("\nrunledger_client_connections 3\n"))
                            #expect(metrics.contains("\nrunledger_client_connections_max 3\n"))
                            for _ in 0..<200 {
                                try await RawConnection.open(service) { other in
                                    let answer = try await other.answer()
                                    #expect(answer.status == 503 && answer.field("Retry-After") == "1")
                                    #expect(try await other.rest() == "")
                                }
                            }
                            #expect(records.contains("request", "status", "503"))
                            try await third.send(RawConnection.head("GET /healthz"))
                            #expect(try await third.answer().status == 200)
                        }
                    }
                    var count = 3
                    while count > 1 {
                        try await first.send(RawConnection.head("GET /metrics"))
                        let metrics = try await first.answer().body
                        count = metrics.contains("\nrunledger_client_connections 1\n") ? 1 : 3
                    }
                    #expect(try await service.get("/healthz").status == 200)
                }
            }
        }
    }
}
