import AsyncHTTPClient
import Foundation
import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import NIOCore
import NIOHTTP1
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("POST /v1/events", .timeLimit(.minutes(10)))
struct IngestTests {
    private static let event = #"{"run_id":"r1","node":"PLAN","phase":"start","ts":"2025-11-18T12:00:00Z"}"#

    @Test(
        "Stores one event, an array, lines and nothing, and says how many",
        arguments: [
            (event, "application/json", 1), ("[\(event)]", "application/json; charset=utf-8", 1),
            ("[]", "application/json", 0),
            (event + "\n\n" + event.replacing("r1", with: "r2"), "application/x-ndjson", 2),
            (event + "\r\n", "application/jsonl", 1), ("", "application/x-ndjson", 0),
            (" \n", "application/x-ndjson", 0),
        ])
    func forms(body: String, type: String, count: Int) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let answer = try await service.post(body, type: type)
                #expect(answer.status == 201)
                #expect(answer.body == "{\"accepted\":\(count),\"duplicates\":0}\n")
                #expect(answer.headers["Content-Type"] == ["application/json"])
                let again = try await service.post(body, type: type)
                #expect(again.status == 201)
                #expect(again.body == "{\"accepted\":0,\"duplicates\":\(count)}\n")
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(count))
        }
    }

    @Test("Nothing is stored of what cannot be read, or is no event")
    func unreadable() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                for (body, status) in [
                    ("{", 400), ("[\(Self.event)", 400), (Self.event + Self.event, 400),
                    ("7", 422), ("[7]", 422), (#""text""#, 422),
                ] as [(String, UInt)] {
                    let answer = try await service.post(body)
                    #expect(answer.status == status, "\(body): \(answer.body)")
                    #expect(answer.headers["Content-Type"] == ["application/problem+json"])
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(0))
        }
    }

    @Test("Names each wrong event's index and field, blank lines not counted, and stores nothing")
    func wrongEvents() async throws {
        struct Answer: Decodable {
            struct Entry: Decodable, Equatable {
                var index: Int
                var pointer: String
                var detail: String
            }
            var status: Int
            var errors: [Entry]
        }
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let lines = [
                    Self.event, "", #"{"run_id":"","node":"PLAN","phase":"start"}"#,
                    #"{"run_id":"r1","node":"PLAN","phase":"middle","metrics":{"a/b":"x"}}"#, "{", Self.event,
                ]
                let answer = try await service.post(lines.joined(separator: "\n"), type: "application/x-ndjson")
                #expect(answer.status == 422)
                let problem = try answer.json(as: Answer.self)
                #expect(problem.errors.map(\.index) == [1, 2, 2, 3])
                #expect(Set(problem.errors.map(\.pointer)) == ["/run_id", "/phase", "/metrics/a~1b", ""])
                let many = try await service.post(
                    Array(repeating: "{}", count: 200).joined(separator: "\n"), type: "application/x-ndjson")
                #expect(try many.json(as: Answer.self).errors.count == 100)
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(0))
        }
    }

    @Test("The same identity with other content is a conflict, and the request's other events are not stored")
    func conflict() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let id = "018f8a1e-0000-7000-8000-000000000001"
                let first = #"{"id":"\#(id)","run_id":"r1","node":"PLAN","phase":"end","ts":"2025-11-18T12:00:00Z"}"#
                #expect(try await service.post(first).status == 201)
                let other = first.replacing("PLAN", with: "STYLE")
                let answer = try await service.post("[\(Self.event),\(other)]")
                #expect(answer.status == 409)
                #expect(answer.body.contains(#""errors":[{"index":1,"pointer":"","detail""#))
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(1))
        }
    }

    @Test("A time too far ahead is told as that field's fault")
    func wrongTime() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let late = Timestamp(microsecondsSince1970: Timestamp.now.microsecondsSince1970 + 172_800_000_000)
                let other = Self.event.replacing("2025-11-18T12:00:00Z", with: late.rfc3339)
                let answer = try await service.post("[\(Self.event),\(other)]")
                #expect(answer.status == 422)
                #expect(
                    answer.body.contains(
                        #""errors":[{"index":1,"pointer":"/ts","detail":"is more than 24 hours ahead of "#),
                    "\(answer.body)")
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(0))
        }
    }

    @Test("Takes no parameters")
    func parameters() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let answer = try await service.send(
                    .POST, "/v1/events?dry_run=true", headers: ["Content-Type": "application/json"],
                    body: .bytes(ByteBuffer(string: Self.event)))
                #expect(answer.status == 400 && answer.body.contains("dry_run"))
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(0))
        }
    }

    @Test("What does not fit the memory for requests is turned away, whatever its form, and what fits is taken then")
    func memory() async throws {
        try await withTestLedger { ledger in
            var settings = ServiceSettings()
            settings.maximumBodyBytes = 5000
            try await ledger.withService(settings) { service in
                let text = String(repeating: "x", count: 6000)
                let large = ByteBuffer(string: Self.event.replacing("r1", with: text))
                let packed = ByteBuffer(bytes: try gzip(Data(large.readableBytesView)))
                #expect(packed.readableBytes < 1000)
                for (body, encoding) in [
                    (HTTPClientRequest.Body.bytes(large), "identity"),
                    (
                        .stream(
                            AsyncStream {
                                $0.yield(large); $0.finish()
                            }, length: .unknown), "identity"
                    ), (.bytes(packed), "gzip"),
                ] {
                    let answer = try await service.send(
                        .POST, "/v1/events",
                        headers: ["Content-Type": "application/json", "Content-Encoding": encoding], body: body)
                    #expect(answer.status == 503)
                    #expect(answer.headers["Retry-After"] == ["1"])
                }
                #expect(try await service.metric("runledger_request_body_bytes") == 0)
                #expect(try await service.post(Self.event).status == 201)
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(1))
        }
    }

    @Test("Takes gzip, and refuses damaged data, other encodings and other media types")
    func encodings() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let packed = try gzip(Data((Self.event + "\n").utf8))
                let headers = [("Content-Type", "application/x-ndjson"), ("Content-Encoding", "gzip")]
                let good = try await service.send(
                    .POST, "/v1/events", headers: .init(headers), body: .bytes(ByteBuffer(bytes: packed)))
                #expect(good.status == 201 && good.body.contains("\"accepted\":1"))
                for damaged in [packed.dropLast(9), Data("no gzip".utf8)] {
                    let answer = try await service.send(
                        .POST, "/v1/events", headers: .init(headers), body: .bytes(ByteBuffer(bytes: damaged)))
                    #expect(answer.status == 400)
                }
                let brotli = try await service.post(Self.event, headers: ["Content-Encoding": "br"])
                #expect(brotli.status == 415)
                let form = try await service.post("a=b", type: "application/x-www-form-urlencoded")
                #expect(form.status == 415 && form.body.contains("application/x-ndjson"))
            }
        }
    }

    @Test("Refuses more than 10,000 events and more than 16 MiB, packed or not")
    func limits() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let line = Self.event + "\n"
                let most = try await service.post(
                    String(repeating: line, count: 10_000), type: "application/x-ndjson")
                #expect(most.status == 201)
                #expect(most.body == "{\"accepted\":1,\"duplicates\":9999}\n")
                for (body, type) in [
                    (String(repeating: line, count: 10_001), "application/x-ndjson"),
                    (
                        "[" + Array(repeating: Self.event, count: 10_001).joined(separator: ",") + "]",
                        "application/json"
                    ),
                    (String(repeating: " ", count: 16 << 20 + 1), "application/json"),
                ] {
                    #expect(try await service.post(body, type: type).status == 413)
                }
                let bomb = try gzip(Data(repeating: 0x20, count: 64 << 20))
                let answer = try await service.send(
                    .POST, "/v1/events",
                    headers: ["Content-Type": "application/json", "Content-Encoding": "gzip"],
                    body: .bytes(ByteBuffer(bytes: bomb)))
                #expect(answer.status == 413)
            }
        }
    }

    @Test("An Idempotency-Key gives the first answer again, and refuses another body and an unfit key")
    func idempotency() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let body = #"{"run_id":"r1","node":"PLAN","phase":"start"}"#
                let first = try await service.post(body, headers: ["Idempotency-Key": "k 1"])
                #expect(first.status == 201 && first.headers["Idempotency-Replayed"] == [])
                let again = try await service.post(body, headers: ["Idempotency-Key": "k 1"])
                #expect(again.status == 201 && again.body == first.body)
                #expect(again.headers["Idempotency-Replayed"] == ["true"])
                let other = try await service.post(Self.event, headers: ["Idempotency-Key": "k 1"])
                #expect(other.status == 422)
                for key in ["", String(repeating: "k", count: 256), "ö"] {
                    #expect(try await service.post(body, headers: ["Idempotency-Key": key]).status == 400)
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(1))
        }
    }

    @Test("Many at once under one key are stored once")
    func concurrentKey() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let body = #"[{"run_id":"r1","node":"PLAN","phase":"start"}]"#
                let answers = try await withThrowingTaskGroup { group in
                    for _ in 0..<20 {
                        group.addTask { try await service.post(body, headers: ["Idempotency-Key": "once"]) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0.status == 201 && $0.body == "{\"accepted\":1,\"duplicates\":0}\n" })
                #expect(answers.count { $0.headers["Idempotency-Replayed"] == ["true"] } == 19)
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(1))
        }
    }

    @Test("Says 503 with Retry-After while the database is away, and stores again when it is back")
    func databaseAway() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                #expect(try await service.post(Self.event).status == 201)
                try await ledger.refusingConnections {
                    let answer = try await service.post(Self.event.replacing("r1", with: "r2"))
                    #expect(answer.status == 503)
                    #expect(answer.headers["Retry-After"] == ["1"])
                    #expect(!answer.body.contains("host") && !answer.body.contains("connect"), "\(answer.body)")
                    #expect(try await service.get("/healthz").status == 200)
                    #expect(try await service.get("/readyz").status == 503)
                    #expect(try await service.get("/v1/events").status == 503)
                    #expect(try await service.metric("runledger_database_up") == 0)
                }
                var status: UInt = 0
                while status != 201 { status = try await service.post(Self.event.replacing("r1", with: "r2")).status }
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(2))
        }
    }

    @Test("The token's name is the source of what it sends")
    func source() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let answer = try await service.post(Self.event)
                #expect(answer.status == 201)
            }
            #expect(try await ledger.value("select source from event_batches") == "runledger.admin")
        }
    }
}

/// `data` as gzip writes it.
private func gzip(_ data: Data) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-c"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let writing = Thread {
        try? input.fileHandleForWriting.write(contentsOf: data)
        try? input.fileHandleForWriting.close()
    }
    writing.start()
    let packed = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return packed
}

extension TestLedger {
    /// Runs `body` while nobody but a superuser can connect to the ledger's database.
    func refusingConnections<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        try await withAdministrator { connection in
            let name = try await connection.query("select current_database()")[0].decode(String.self)
            try await connection.execute(script: "alter database \"\(name)\" connection limit 0")
            _ = try await connection.query(
                """
                select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                """)
            let result: Result<R, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            try await connection.execute(script: "alter database \"\(name)\" connection limit -1")
            return try result.get()
        }
    }
}
