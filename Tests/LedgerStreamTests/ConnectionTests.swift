import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import Testing

/// What RFC 9112 asks of a server, tried over a socket.
@Suite("A connection", .timeLimit(.minutes(10)))
struct ConnectionTests {
    @Test(
        "HEAD is answered as GET, without a body, and the next answer follows",
        arguments: [
            ("/healthz", 200), ("/v1/events?limit=1", 200), ("/metrics", 200), ("/openapi.json", 200),
            ("/v1/runs/none", 404), ("/nowhere", 404), ("/v1/events?limit=0", 400),
        ])
    func head(path: String, status: Int) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await RawConnection.open(service) { connection in
                    try await connection.send(RawConnection.head("GET \(path)"))
                    let got = try await connection.answer()
                    try await connection.send(RawConnection.head("HEAD \(path)") + RawConnection.head("GET /healthz"))
                    let head = try await connection.answer(hasBody: false)
                    #expect(got.status == status && head.status == status)
                    #expect(head.field("Content-Type") == got.field("Content-Type"))
                    // The metrics count themselves.
                    if path != "/metrics" { #expect(head.field("Content-Length") == got.field("Content-Length")) }
                    let next = try await connection.answer()
                    #expect(next.status == 200 && next.body == "{\"status\":\"ok\"}\n")
                }
            }
        }
    }

    @Test("HEAD of what GET does not read, or reads as a stream, is 405 without a body")
    func noHead() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await RawConnection.open(service) { connection in
                    for (path, allow) in [("/v1/stream", "GET"), ("/v1/stream-tickets", "POST")] {
                        try await connection.send(
                            RawConnection.head("HEAD \(path)", "Accept: text/event-stream")
                                + RawConnection.head("GET /healthz"))
                        let head = try await connection.answer(hasBody: false)
                        #expect(head.status == 405 && head.field("Allow") == allow)
                        #expect(try await connection.answer().status == 200)
                    }
                }
            }
        }
    }

    /// Bytes that are no request, and how they are answered.
    struct Offence: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var status: Int
        /// Under which method and route it is counted.
        var labels = #"method="none",route="none""#
    }

    private static let long = String(repeating: "x", count: 20_000)
    private static let ingest = #"method="POST",route="/v1/events""#

    static let offences = [
        Offence(
            testDescription: "a long header field", text: RawConnection.head("GET /", "X-Long: \(long)"), status: 431),
        Offence(
            testDescription: "a long header",
            text: RawConnection.head("GET /", "A: \(long.prefix(15_000))", "B: \(long.prefix(15_000))", "C: \(long)"),
            status: 431),
        Offence(
            testDescription: "many header fields",
            text: "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 101) + "\r\n", status: 431),
        Offence(testDescription: "a long path", text: RawConnection.head("GET /\(long)"), status: 414),
        Offence(testDescription: "a long query", text: RawConnection.head("GET /v1/events?a=\(long)"), status: 414),
        Offence(testDescription: "an unknown method", text: RawConnection.head("BREW /"), status: 400),
        Offence(testDescription: "no HTTP", text: "hello\r\n\r\n", status: 400),
        Offence(testDescription: "another version", text: "GET / HTTP/2.0\r\n\r\n", status: 400),
        Offence(
            testDescription: "two lengths",
            text: RawConnection.head("POST /v1/events", "Content-Length: 2", "Transfer-Encoding: chunked"), status: 400),
        Offence(
            testDescription: "a bad chunk",
            text: RawConnection.head(
                "POST /v1/events", "Content-Type: application/json", "Transfer-Encoding: chunked")
                + "2\r\n{}\r\nxyz\r\n",
            status: 400, labels: ingest),
    ]

    @Test("What cannot be read is refused as all else is, and ends the connection", arguments: offences)
    func unreadable(_ offence: Offence) async throws {
        try await withTestLedger { ledger in
            let records = LogRecords()
            try await ledger.withService(logger: records.logger) { service in
                try await RawConnection.open(service) { connection in
                    // Answered before, in order.
                    try await connection.send(RawConnection.head("GET /healthz") + offence.text)
                    #expect(try await connection.answer().status == 200)
                    let answer = try await connection.answer()
                    #expect(answer.status == offence.status)
                    #expect(answer.field("Content-Type") == "application/problem+json")
                    #expect(answer.field("X-Content-Type-Options") == "nosniff")
                    #expect(answer.field("Connection") == "close")
                    #expect(answer.body.contains(#""status":\#(offence.status),"detail":""#))
                    #expect(try await connection.rest() == "")
                    #expect(records.contains("request", "status", "\(offence.status)"))
                }
                let metrics = try await service.get("/metrics").body
                let metric = #"runledger_http_requests_total{\#(offence.labels),status="\#(offence.status)"} 1"#
                #expect(metrics.contains(metric), "\(metrics)")
            }
        }
    }

    @Test("A client that waits for permission to send a body gets it")
    func expectation() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let fields = ["Content-Type: application/json", "Content-Length: 2", "Expect: 100-continue"]
                try await RawConnection.open(service) { connection in
                    for _ in 0..<2 {
                        try await connection.send(
                            RawConnection.head("POST /v1/events", fields[0], fields[1], fields[2]))
                        #expect(try await connection.text(upTo: "\r\n\r\n") == "HTTP/1.1 100 Continue")
                        try await connection.send("[]")
                        #expect(try await connection.answer().status == 201)
                    }
                    // Longer than any request may be: refused without its body.
                    try await connection.send(
                        RawConnection.head("POST /v1/events", fields[0], "Content-Length: 99999999", fields[2]))
                    #expect(try await connection.answer().status == 413)
                }
                try await RawConnection.open(service) { connection in
                    let head = RawConnection.head("POST /v1/events", fields[0], fields[1], fields[2])
                    try await connection.send(head.replacing("HTTP/1.1", with: "HTTP/1.0") + "[]")
                    #expect(try await connection.answer().status == 201)
                }
            }
        }
    }

    @Test("What was asked before a request for another protocol is answered first, and only then the connection ends")
    func pipelining() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await RawConnection.open(service) { connection in
                    let plain = RawConnection.head("GET /healthz")
                    let upgrade = RawConnection.head("GET /healthz", "Connection: Upgrade", "Upgrade: h2c")
                    try await connection.send(plain + plain + upgrade)
                    for isLast in [false, false, true] {
                        let answer = try await connection.answer()
                        #expect(answer.status == 200)
                        #expect(answer.field("Connection") == (isLast ? "close" : nil))
                    }
                    #expect(try await connection.rest() == "")
                }
            }
        }
    }

    @Test("Behind a request that closes the connection nothing is answered")
    func lastRequest() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await RawConnection.open(service) { connection in
                    let last = RawConnection.head("GET /healthz", "Connection: close")
                    try await connection.send(RawConnection.head("GET /healthz") + last + last + "and so on")
                    for _ in 0..<2 { #expect(try await connection.answer().status == 200) }
                    #expect(try await connection.rest() == "")
                }
            }
        }
    }

    @Test("A WebSocket of another version is told what to ask for, and that the connection ends")
    func upgradeRequired() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await RawConnection.open(service) { connection in
                    try await connection.send(
                        RawConnection.head(
                            "GET /v1/stream", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 8"))
                    let answer = try await connection.answer()
                    #expect(answer.status == 426)
                    #expect(answer.field("Connection") == "Upgrade, close")
                    #expect(answer.field("Upgrade") == "websocket")
                    #expect(try await connection.rest() == "")
                }
            }
        }
    }

    @Test("A client that breaks off before its stream begins is no error of the service")
    func brokenOff() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                for _ in 0..<40 {
                    try await RawConnection.open(service) { connection in
                        try await connection.send(RawConnection.head("GET /v1/stream", "Accept: text/event-stream"))
                        try await connection.breakOff()
                    }
                }
                while try await service.metric("runledger_stream_subscribers") > 0 {}
                let metrics = try await service.get("/metrics").body
                #expect(!metrics.contains(#"status="500""#), "\(metrics)")
            }
        }
    }

    @Test("A request that has not arrived when the service stops is answered 503 before that has taken ten seconds")
    func halfSent() async throws {
        try await withTestLedger { ledger in
            let records = LogRecords()
            let clock = ContinuousClock()
            let duration = try await clock.measure {
                try await ledger.withService(logger: records.logger) { service in
                    try await RawConnection.open(service) { connection in
                        try await connection.send(
                            RawConnection.head(
                                "POST /v1/events", "Content-Type: application/json", "Content-Length: 100",
                                "Expect: 100-continue"))
                        #expect(try await connection.text(upTo: "\r\n\r\n") == "HTTP/1.1 100 Continue")
                        try await connection.send("[{")
                        await service.stop()
                        let answer = try await connection.answer()
                        #expect(answer.status == 503)
                        #expect(answer.field("Retry-After") == "1" && answer.field("Connection") == "close")
                        #expect(try await connection.rest() == "")
                    }
                }
            }
            #expect(duration < Duration.seconds(9) * slowness)
            #expect(records.contains("request", "status", "503"))
            #expect(!records.contains("a request failed"))
            #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 0)
        }
    }

    @Test("A client that does not read its server-sent events does not keep the service from ending")
    func stalled() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await RawConnection.open(service, receiveBufferBytes: 4096) { connection in
                    try await connection.send(RawConnection.head("GET /v1/stream", "Accept: text/event-stream"))
                    _ = try await connection.text(upTo: "caught_up")
                    try await service.storeBacklog()
                    let begin = ContinuousClock.now
                    await service.stop()
                    try await service.ended()
                    #expect(ContinuousClock.now - begin < Duration.seconds(7) * slowness)
                }
            }
        }
    }

    @Test("The service says by itself nothing of where it listens")
    func listening() async throws {
        try await withTestLedger { ledger in
            let records = LogRecords()
            try await ledger.withService(logger: records.logger) { service in
                _ = try await service.get("/openapi.json")
            }
            #expect(records.contains("request", "status", "200"))
            #expect(!records.messages.contains { $0.contains("listening") || $0.contains("started") })
        }
    }
}
