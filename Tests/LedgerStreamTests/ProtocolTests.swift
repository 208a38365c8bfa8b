import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import Testing

/// What RFC 6455 asks of a server, tried over a socket.
@Suite("The WebSocket protocol", .timeLimit(.minutes(10)))
struct ProtocolTests {
    /// Bytes that a client sends, and the code with which it is told that it should not have.
    struct Offence: CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var code: Int
    }

    static let offences: [Offence] = [
        Offence(
            testDescription: "an unmasked frame", bytes: WebSocketClient.frame(opcode: 1, [65], isMasked: false),
            code: 1002),
        Offence(
            testDescription: "a reserved bit", bytes: WebSocketClient.frame(opcode: 1, [65], reserved: 0x40), code: 1002
        ),
        Offence(testDescription: "a reserved opcode", bytes: WebSocketClient.frame(opcode: 3, [65]), code: 1002),
        Offence(
            testDescription: "a continuation of nothing", bytes: WebSocketClient.frame(opcode: 0, [65]), code: 1002),
        Offence(
            testDescription: "a message within a message",
            bytes: WebSocketClient.frame(opcode: 1, [65], isFinal: false) + WebSocketClient.frame(opcode: 1, [65]),
            code: 1002),
        Offence(
            testDescription: "a ping in pieces", bytes: WebSocketClient.frame(opcode: 9, [65], isFinal: false),
            code: 1002),
        Offence(
            testDescription: "a ping of 126 bytes",
            bytes: WebSocketClient.frame(opcode: 9, [UInt8](repeating: 65, count: 126)), code: 1002),
        Offence(
            testDescription: "text that is no UTF-8", bytes: WebSocketClient.frame(opcode: 1, [0xC3, 0x28]), code: 1007),
        Offence(
            testDescription: "text that ends within a character",
            bytes: WebSocketClient.frame(opcode: 1, [0xE2, 0x82]),
            code: 1007),
        Offence(
            testDescription: "an invalid byte in a second piece",
            bytes: WebSocketClient.frame(opcode: 1, [0xE2, 0x82], isFinal: false)
                + WebSocketClient.frame(opcode: 0, [0x41], isFinal: false), code: 1007),
        Offence(
            testDescription: "a frame of more than 64 KiB",
            bytes: WebSocketClient.frame(opcode: 2, [UInt8](repeating: 0, count: 65_537)), code: 1009),
        Offence(
            testDescription: "a message of more than 64 KiB",
            bytes: WebSocketClient.frame(opcode: 2, [UInt8](repeating: 0, count: 40_000), isFinal: false)
                + WebSocketClient.frame(opcode: 0, [UInt8](repeating: 0, count: 40_000)), code: 1009),
        Offence(testDescription: "half a close code", bytes: WebSocketClient.frame(opcode: 8, [3]), code: 1002),
        Offence(testDescription: "close code 1005", bytes: WebSocketClient.frame(opcode: 8, [3, 237]), code: 1002),
        Offence(
            testDescription: "a close reason that is no UTF-8",
            bytes: WebSocketClient.frame(opcode: 8, [3, 232, 0xFF]), code: 1007),
    ]

    @Test("Closes with the code that says what was wrong", arguments: offences)
    func offence(_ offence: Offence) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await WebSocketClient.connect(service, "/v1/stream") { client in
                    #expect(try await client.message()?.control == "caught_up")
                    try await client.send(offence.bytes)
                    let close = try await client.frame()
                    #expect(close?.closeCode == offence.code)
                    // A client that has said goodbye is not waited for.
                    if offence.bytes[0] & 0x0F != 8 {
                        try await client.send(opcode: 8, [UInt8(offence.code >> 8), UInt8(offence.code & 0xFF)])
                    }
                    #expect(try await client.frame() == nil)
                }
            }
        }
    }

    @Test("Answers pings, also between the pieces of a message, ignores messages and answers a close with its code")
    func conversation() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await WebSocketClient.connect(service, "/v1/stream") { client in
                    #expect(client.status == 101)
                    #expect(client.head.lowercased().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="))
                    #expect(try await client.message()?.control == "caught_up")
                    try await client.send(opcode: 1, Array("gr\u{fc}".utf8.dropLast()), isFinal: false)
                    try await client.send(opcode: 9, Array("one".utf8))
                    try await client.send(opcode: 0, Array("\u{fc}\u{df}".utf8.dropFirst()))
                    try await client.send(opcode: 2, [0xFF])
                    try await client.send(opcode: 10, [])
                    try await client.send(opcode: 9, [])
                    let (first, second) = (try await client.frame(), try await client.frame())
                    #expect(first == WebSocketClient.Frame(opcode: 10, payload: Array("one".utf8)))
                    #expect(second == WebSocketClient.Frame(opcode: 10, payload: []))
                    try await service.post(numberedEvents(0..<1))
                    #expect(try await client.message()?.position == 1)
                    try await client.send(opcode: 8, [3, 232] + Array("bye".utf8))
                    let close = try await client.frame()
                    #expect(close?.closeCode == 1000)
                    #expect(try await client.frame() == nil)
                }
            }
        }
    }

    /// What a client asks, and how it is refused.
    struct Refusal: CustomTestStringConvertible {
        var testDescription: String
        var path = "/v1/stream"
        var headers: [String: String?] = [:]
        var status: Int
    }

    static let refusals = [
        Refusal(testDescription: "no token", headers: ["Authorization": nil], status: 401),
        Refusal(testDescription: "an unknown ticket", path: "/v1/stream?ticket=rlt_no", status: 401),
        Refusal(testDescription: "another version", headers: ["Sec-WebSocket-Version": "8"], status: 426),
        Refusal(testDescription: "no key", headers: ["Sec-WebSocket-Key": nil], status: 400),
        Refusal(testDescription: "a short key", headers: ["Sec-WebSocket-Key": "c2hvcnQ="], status: 400),
        Refusal(testDescription: "no Connection: Upgrade", headers: ["Connection": "keep-alive"], status: 400),
        Refusal(testDescription: "beyond the head", path: "/v1/stream?after=1", status: 409),
        Refusal(testDescription: "no number", path: "/v1/stream?after=x", status: 400),
        Refusal(testDescription: "a run's name with U+0000", path: "/v1/stream?run_id=%00", status: 400),
        Refusal(testDescription: "an unknown phase", path: "/v1/stream?phase=middle", status: 400),
        Refusal(testDescription: "an unknown parameter", path: "/v1/stream?from=0", status: 400),
        Refusal(testDescription: "another protocol", headers: ["Upgrade": "h2c"], status: 406),
        Refusal(testDescription: "nothing of the kind", headers: ["Upgrade": nil], status: 406),
        Refusal(
            testDescription: "a bad Last-Event-ID",
            headers: ["Upgrade": nil, "Accept": "text/event-stream", "Last-Event-ID": "x"], status: 400),
    ]

    @Test("Refuses with a problem, and closes a connection that asked for another protocol", arguments: refusals)
    func refusal(_ refusal: Refusal) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await WebSocketClient.connect(service, refusal.path, headers: refusal.headers) { client in
                    #expect(client.status == refusal.status)
                    #expect(client.head.lowercased().contains("content-type: application/problem+json"))
                    guard !refusal.headers.keys.contains("Upgrade") else { return }
                    // To the end of the connection.
                    let rest = try await client.rest()
                    #expect(rest.contains("\"status\":\(refusal.status)"))
                }
            }
        }
    }

    @Test("A client that says goodbye and does not read what was sent before is let go")
    func unreadGoodbye() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await withStalledStream(service) { client in
                    try await client.send(opcode: 8, [3, 232])
                    while try await service.metric("runledger_stream_subscribers") > 0 {}
                    let begin = ContinuousClock.now
                    await service.stop()
                    try await service.ended()
                    #expect(ContinuousClock.now - begin < Duration.seconds(7) * slowness)
                }
            }
        }
    }

    @Test("Pings of a client that does not read are answered by the pong of the latest")
    func unreadPongs() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await withStalledStream(service) { client in
                    let count = 5000
                    for number in 1...count { try await client.send(opcode: 9, Array("\(number)".utf8)) }
                    var pongs: [Int] = []
                    while pongs.last != count, let frame = try await client.frame() {
                        if frame.opcode == 10 { pongs.append(Int(frame.text) ?? 0) }
                    }
                    #expect(pongs.last == count)
                    #expect(pongs == pongs.sorted() && pongs.count < count / 2, "\(pongs.count) pongs")
                }
            }
        }
    }

    @Test("A ticket opens one stream, and the connection of another")
    func ticket() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let ticket = try await service.ticket()
                for status in [101, 401] {
                    try await WebSocketClient.connect(
                        service, "/v1/stream?after=0&ticket=\(ticket)", headers: ["Authorization": nil]
                    ) { client in
                        #expect(client.status == status)
                        let first = status == 101 ? try await client.message() : nil
                        #expect(first?.control == (status == 101 ? "caught_up" : nil))
                    }
                }
            }
        }
    }
}

/// Runs `body` with a stream that holds more than the buffers between can, as its client has not read.
private func withStalledStream(
    _ service: TestService, _ body: @Sendable (inout WebSocketClient) async throws -> Void
) async throws {
    try await WebSocketClient.connect(service, "/v1/stream", receiveBufferBytes: 4096) { stalled in
        #expect(try await stalled.message()?.control == "caught_up")
        try await service.storeBacklog()
        try await body(&stalled)
    }
}
