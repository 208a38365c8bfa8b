import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import Testing

/// What comes over a socket that no honest client sends, after a request that one could send.
@Suite("Hostile bytes", .timeLimit(.minutes(2)))
struct HostileBytesTests {
    struct Offence: CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var status = 400
    }

    private static let event = #"{"run_id":"r1","node":"PLAN","phase":"start"}"#

    /// A request that would store an event if it were read with `fields`.
    private static func ingest(_ name: String, _ fields: String..., body: String = event, status: Int = 400) -> Offence
    {
        let all = ["Host: localhost", "Authorization: Bearer \(TestService.token)", "Content-Type: application/json"]
        let head = (["POST /v1/events HTTP/1.1"] + all + fields).joined(separator: "\r\n")
        return Offence(testDescription: name, bytes: Array("\(head)\r\n\r\n\(body)".utf8), status: status)
    }

    private static func probe(_ name: String, _ text: String, status: Int = 400) -> Offence {
        Offence(testDescription: name, bytes: Array(text.utf8), status: status)
    }

    private static func path(_ name: String, _ path: String) -> Offence {
        let fields = "Host: localhost\r\nAuthorization: Bearer \(TestService.token)\r\nConnection: close"
        return probe(name, "GET \(path) HTTP/1.1\r\n\(fields)\r\n\r\n")
    }

    private static let length = "Content-Length: \(event.utf8.count)"
    private static let chunked = "Transfer-Encoding: chunked"
    private static let chunk = "\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n0\r\n\r\n"

    static let offences =
        [
            path("a NUL in a path", "/v1/runs/%00"),
            path("half a character in a path", "/v1/runs/%FF"),
            path("half of a pair of surrogates in a path", "/v1/runs/%ED%A0%80/events"),
            ingest("a length and chunks", length, chunked, body: chunk),
            ingest("chunks and a length", chunked, length, body: chunk),
            ingest("two lengths", length, "Content-Length: 2"),
            ingest("one length twice", length, length),
            ingest("a list of lengths", "\(length), \(event.utf8.count)"),
            ingest("a length with a sign", "Content-Length: +\(event.utf8.count)"),
            ingest("a length with a space before the colon", "Content-Length : \(event.utf8.count)"),
            ingest("a length in hexadecimal", "Content-Length: 0x2D"),
            ingest("a length beyond all numbers", "Content-Length: 99999999999999999999999"),
            ingest("chunks twice", chunked, chunked, body: chunk),
            ingest("chunks, then something else", "Transfer-Encoding: chunked, identity", body: chunk),
            ingest("something like chunks", "Transfer-Encoding: xchunked", body: chunk, status: 501),
            ingest("another coding than chunks", "Transfer-Encoding: gzip, chunked", body: chunk, status: 501),
            ingest("a folded field", "X-Long: a\r\n b", length),
            ingest("a folded coding", "Transfer-Encoding:\r\n chunked", body: chunk),
            ingest("a field that ends with a bare CR", "X-Field: a\r\(length)"),
            ingest("a NUL in a field", "X-Field: a\0b", length),
            ingest("a NUL in a field's name", "X-\0Field: a", length),
            ingest("an escape in a field", "X-Field: \u{1B}[2J", length),
            ingest("a field without a colon", "X-Field", length),
            ingest("a field without a name", ": a", length),
            ingest("two hosts", "Host: elsewhere", length),
            ingest("a chunk of negative size", chunked, body: "-2\r\n[]\r\n0\r\n\r\n"),
            ingest("a chunk of more bytes than there are", chunked, body: "FFFFFFFFFFFFFFFFFF\r\n[]"),
            ingest("a chunk's size with a prefix", chunked, body: "0x2\r\n[]\r\n0\r\n\r\n"),
            ingest("a chunk that ends with a bare line feed", chunked, body: "2\n[]\n0\n\n"),
            ingest("a chunk longer than its size", chunked, body: "2\r\n[]XX\r\n0\r\n\r\n"),
            probe("bare line feeds", "GET /healthz HTTP/1.1\nHost: localhost\n\n"),
            probe("no host", "GET /healthz HTTP/1.1\r\n\r\n"),
            probe("a NUL in the path", "GET /health\0z HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            probe("a space in the path", "GET /health z HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            probe("no version", "GET /healthz\r\n\r\n"),
            probe("a version to come", "GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n"),
            probe("half a version", "GET /healthz HTTP/11\r\nHost: localhost\r\n\r\n"),
            probe("a small method", "get /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            probe("HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            Offence(
                testDescription: "a TLS client's greeting",
                bytes: [0x16, 3, 1, 0, 0xC8, 1, 0, 0, 0xC4, 3, 3] + (0..<190).map { UInt8($0) }),
        ]
        + (1...5).map { seed in
            var generator = SplitMix(state: seed)
            return Offence(
                testDescription: "noise \(seed)",
                bytes: [0] + (0..<5000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }

    @Test("Are refused once, after what came before them, and nothing behind them is read", arguments: offences)
    func refused(_ offence: Offence) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let good = RawConnection.head("GET /healthz")
                try await RawConnection.open(service) { connection in
                    try await connection.send(Array(good.utf8) + offence.bytes + Array("\r\n\r\n\(good)".utf8))
                    #expect(try await connection.answer().status == 200)
                    let answer = try await connection.answer()
                    #expect(answer.status == offence.status, "\(answer)")
                    #expect(answer.field("Content-Type") == "application/problem+json")
                    #expect(answer.field("Connection") == "close")
                    #expect(try await connection.rest() == "")
                }
                #expect(try await service.get("/healthz").status == 200)
                #expect(try await service.metric("runledger_request_body_bytes") == 0)
            }
            #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 0)
        }
    }

    @Test("A body that looks like a request is a body")
    func smuggled() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await RawConnection.open(service) { connection in
                    let inner =
                        RawConnection.head(
                            "POST /v1/events", "Content-Type: application/json", Self.length) + Self.event
                    for path in ["/healthz", "/nowhere", "/v1/events?limit=0"] {
                        try await connection.send(
                            RawConnection.head("GET \(path)", "Content-Length: \(inner.utf8.count)") + inner)
                        #expect(try await connection.answer().status < 500)
                    }
                    try await connection.send(RawConnection.head("GET /nowhere"))
                    #expect(try await connection.answer().status == 404)
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 0)
        }
    }

    @Test("Requests that come at once, good and bad, are answered in their order")
    func pipelined() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                func ingest(_ body: String) -> String {
                    RawConnection.head(
                        "POST /v1/events", "Content-Type: application/json", "Content-Length: \(body.utf8.count)")
                        + body
                }
                let round: [(text: String, status: Int)] = [
                    (ingest(Self.event), 201), (ingest("{"), 400), (RawConnection.head("GET /v1/runs/r1"), 200),
                    (ingest("{}"), 422), (RawConnection.head("DELETE /v1/events"), 405),
                    (RawConnection.head("GET /v1/events?limit=0"), 400), (ingest("[]"), 201),
                    (RawConnection.head("GET /nowhere"), 404), (ingest("[\(Self.event),{}]"), 422),
                ]
                try await RawConnection.open(service) { connection in
                    let rounds = Array(repeating: round, count: 20).flatMap(\.self)
                    try await connection.send(rounds.map(\.text).joined())
                    for (text, status) in rounds {
                        let answer = try await connection.answer()
                        #expect(answer.status == status, "\(text.prefix(40)): \(answer.body)")
                    }
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 20)
        }
    }

    @Test(
        "The connection ends behind the answer that a client wants to be the last",
        arguments: [
            ("HTTP/1.1", "Connection: close"), ("HTTP/1.1", "Connection: Close"), ("HTTP/1.1", "Connection: te, close"),
            ("HTTP/1.0", "X-Nothing: x"), ("HTTP/1.0", "Connection: keep-alive"),
        ])
    func last(version: String, field: String) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await RawConnection.open(service) { connection in
                    let head = RawConnection.head("GET /healthz", field)
                    try await connection.send(head.replacing("HTTP/1.1", with: version))
                    let answer = try await connection.answer()
                    #expect(answer.status == 200 && answer.field("Connection") == "close")
                    #expect(try await connection.rest() == "")
                }
            }
        }
    }

    /// Requests that store one event, each whole.
    static let whole: [(name: String, bytes: [UInt8])] = {
        let head = RawConnection.head("POST /v1/events", "Content-Type: application/json", length)
        let chunks = RawConnection.head("POST /v1/events", "Content-Type: application/json", chunked)
        let pieces = [event.prefix(7), event.dropFirst(7)].map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }
        let packed = RawConnection.head(
            "POST /v1/events", "Content-Type: application/json", "Content-Encoding: gzip",
            "Content-Length: \(gzipped.count)")
        return [
            ("a length", Array((head + event).utf8)),
            ("chunks", Array((chunks + pieces.joined() + "0\r\n\r\n").utf8)),
            ("gzip", Array(packed.utf8) + gzipped),
        ]
    }()

    /// ``event`` as `gzip -n` writes it.
    private static let gzipped: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0x56, 0x2A, 0x2A, 0xCD, 0x8B,
        0xCF, 0x4C, 0x51, 0xB2, 0x52, 0x2A, 0x32, 0x54, 0xD2, 0x51, 0xCA, 0xCB, 0x4F, 0x49, 0x05, 0xB2,
        0x03, 0x7C, 0x1C, 0xFD, 0x80, 0xBC, 0x82, 0x8C, 0xC4, 0x62, 0x10, 0xB7, 0xB8, 0x24, 0xB1, 0xA8,
        0x44, 0xA9, 0x16, 0x00, 0x9D, 0xAE, 0xDA, 0x5C, 0x2D, 0x00, 0x00, 0x00,
    ]

    @Test(
        "A request that ends anywhere before its end stores nothing and leaves nothing behind",
        arguments: [false, true])
    func truncated(isBroken: Bool) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                for (name, bytes) in Self.whole {
                    for count in stride(from: 0, to: bytes.count, by: 3) {
                        try await RawConnection.open(service) { connection in
                            try await connection.send(Array(bytes.prefix(count)))
                            if isBroken { return try await connection.breakOff() }
                            try await connection.finish()
                            let rest = try await connection.rest()
                            #expect(rest == "" || rest.hasPrefix("HTTP/1.1 400 "), "\(name), \(count): \(rest)")
                        }
                    }
                }
                while try await service.metric("runledger_client_connections") > 1 {}
                #expect(try await service.metric("runledger_request_body_bytes") == 0)
                #expect(try await service.metric("runledger_write_queue_events") == 0)
                #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 0)
                for (name, bytes) in Self.whole {
                    try await RawConnection.open(service) { connection in
                        try await connection.send(bytes)
                        #expect(try await connection.answer().status == 201, "\(name)")
                    }
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 3)
        }
    }

    @Test("JSON that is nested without end, and lines without end, are refused")
    func endless() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                for open in ["[", #"{"metrics":"#, #"[{"position":"#, #"{"position":["#] {
                    let deep = String(repeating: open, count: 1_000_000)
                    let answer = try await service.post(deep)
                    #expect([400, 413, 422].contains(answer.status), "\(open): \(answer.status)")
                }
                let line = try await service.post(
                    String(repeating: "x", count: 5 << 20), type: "application/x-ndjson")
                #expect(line.status == 422)
                try await RawConnection.open(service) { connection in
                    try await connection.send(
                        RawConnection.head(
                            "POST /v1/events", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"))
                    let megabyte = "100000\r\n" + String(repeating: " ", count: 1 << 20) + "\r\n"
                    for _ in 0..<17 { try await connection.send(megabyte) }
                    #expect(try await connection.answer().status == 413)
                }
                #expect(try await service.metric("runledger_request_body_bytes") == 0)
            }
            #expect(try await ledger.value("select count(*) from workflow_events", as: Int64.self) == 0)
        }
    }
}

/// Numbers that look random and are the same each time.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    init(state: Int) {
        self.state = UInt64(state)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
