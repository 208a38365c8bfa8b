import Foundation
import Testing

@testable import WorkflowEvents

@Suite("Reading Event JSON")
struct EventJSONReaderTests {
    @Test("The guide's event is read field by field")
    func guide() throws {
        let incoming = try read(
            """
            {
              "ts": "2025-11-18T12:00:00.000000",
              "run_id": "uuid-of-workflow-run",
              "node": "LYRICS",
              "phase": "end",
              "duration_ms": 1234,
              "metrics": {"lines_generated": 42, "citations": 5, "custom_metric": 3.14},
              "issues": ["Warning: short lyrics", "Info: using fallback source"]
            }
            """)
        let event = incoming.event
        #expect(incoming.hasTimestamp)
        #expect(!incoming.hasID)
        #expect(event.ts.description == "2025-11-18T12:00:00.000000Z")
        #expect(event.runID == "uuid-of-workflow-run")
        #expect(event.node == .lyrics)
        #expect(event.phase == .end)
        #expect(event.durationMS == 1234)
        #expect(event.metrics == ["lines_generated": 42, "citations": 5, "custom_metric": 3.14])
        #expect(event.metrics.map(\.name) == ["lines_generated", "citations", "custom_metric"])
        #expect(event.issues == ["Warning: short lyrics", "Info: using fallback source"])
        #expect(event.executionID == nil && event.service == nil && event.traceID == nil && event.spanID == nil)
    }

    @Test("All twelve fields are read, in any order")
    func allFields() throws {
        let incoming = try read(
            """
            {"span_id":"00f067aa0ba902b7","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","service":"api",
            "execution_id":"01890A5D-AC96-774B-BCCE-B302099A8057","id":"01890a5d-ac96-774b-bcce-b302099a8058",
            "issues":[],"metrics":{},"duration_ms":0,"phase":"start","node":"PLAN","run_id":"r",
            "ts":"1970-01-01T00:00:00Z"}
            """)
        let event = incoming.event
        #expect(incoming.hasID && incoming.hasTimestamp)
        #expect(event.id.uuidString == "01890A5D-AC96-774B-BCCE-B302099A8058")
        #expect(event.executionID?.uuidString == "01890A5D-AC96-774B-BCCE-B302099A8057")
        #expect(event.service == "api")
        #expect(event.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(event.spanID == "00f067aa0ba902b7")
        #expect(event.ts.microsecondsSince1970 == 0)
        #expect(event.phase == .start)
    }

    @Test("Without ts an event gets the present time, and null equals absent for every optional field")
    func nullIsAbsent() throws {
        let before = Timestamp.now
        let incoming = try read(
            """
            {"run_id":"r","node":"N","phase":"fail","ts":null,"id":null,"duration_ms":null,"metrics":null,
            "issues":null,"execution_id":null,"service":null,"trace_id":null,"span_id":null}
            """)
        #expect(!incoming.hasID && !incoming.hasTimestamp)
        #expect(before <= incoming.event.ts && incoming.event.ts <= .now)
        #expect(incoming.event.durationMS == 0)
        #expect(incoming.event.metrics.isEmpty && incoming.event.issues.isEmpty)
        #expect(incoming.event.executionID == nil && incoming.event.service == nil)
    }

    @Test("Events without an id get different ones")
    func freshIDs() throws {
        let text = #"{"run_id":"r","node":"N","phase":"end"}"#
        #expect(try read(text).event.id != read(text).event.id)
    }

    @Test("What only the ledger writes is ignored, whatever it is")
    func outputOnlyKeys() throws {
        let event = try read(
            members: #""position":7,"recorded_at":"2025-11-18T12:00:00Z","source":{"a":[null,true,{"b":"\u0000"}]}"#)
        #expect(event.runID == "run-1")
    }

    @Test("Escaped keys are the keys they spell")
    func escapedKeys() throws {
        #expect(try read(#"{"\u0072un_id":"a","no\u0064e":"N","phase":"\u0065nd"}"#).event.runID == "a")
    }

    @Test(
        "Each refusal names its field",
        arguments: [
            (#""run_id":7"#, "/run_id must be a string, not a number"),
            (#""run_id":null"#, "/run_id is required"),
            (#""run_id":"""#, "/run_id must be 1 to 255 bytes long"),
            (#""run_id":"a\u0007b""#, "/run_id must not contain control characters"),
            (#""node":[]"#, "/node must be a string, not an array"),
            (
                #""node":"runledger.other""#,
                "/node must not begin with \"runledger.\", which is reserved for the ledger's own events"
            ),
            (#""phase":"begin""#, #"/phase must be "start", "end" or "fail""#),
            (#""phase":"END""#, #"/phase must be "start", "end" or "fail""#),
            (#""phase":true"#, "/phase must be a string, not a boolean"),
        ])
    func requiredFields(member: String, refusal: String) {
        let others = [#""run_id":"r""#, #""node":"N""#, #""phase":"end""#].filter { !$0.hasPrefix(member.prefix(6)) }
        #expect(refusals("{" + (others + [member]).joined(separator: ",") + "}") == [refusal])
    }

    @Test(
        "Each refusal of an optional field names it",
        arguments: [
            (#""ts":1700000000"#, "/ts must be a string, not a number"),
            (#""ts":"yesterday""#, "/ts must be an RFC 3339 time such as 2025-11-18T12:00:00.000000Z"),
            (#""duration_ms":12.5"#, "/duration_ms must be an integer from 0 to 9007199254740991"),
            (#""duration_ms":-1"#, "/duration_ms must be an integer from 0 to 9007199254740991"),
            (#""duration_ms":9007199254740992"#, "/duration_ms must be an integer from 0 to 9007199254740991"),
            (#""duration_ms":"12""#, "/duration_ms must be a number, not a string"),
            (#""metrics":[1]"#, "/metrics must be an object, not an array"),
            (#""metrics":{"a":"1"}"#, "/metrics/a must be a number, not a string"),
            (#""metrics":{"a":null}"#, "/metrics/a must be a number, not null"),
            (#""metrics":{"a":1e309}"#, "/metrics/a must be a number that is finite as a double"),
            (#""metrics":{"a":1,"a":1}"#, "/metrics/a is given twice"),
            (#""metrics":{"a/b~c":true}"#, "/metrics/a~1b~0c must be a number, not a boolean"),
            (#""metrics":{"":1}"#, "/metrics/ must have a name of 1 to 255 bytes"),
            (#""metrics":{"a\u0000":1}"#, "/metrics/a\u{FFFD} has a name that must not contain U+0000"),
            (#""issues":"oops""#, "/issues must be an array, not a string"),
            (#""issues":["a",null]"#, "/issues/1 must be a string, not null"),
            (#""issues":["a","b\u0000"]"#, "/issues/1 must not contain U+0000"),
            (#""issues":["\ud800"]"#, "/issues/0 must not contain an unpaired surrogate escape"),
            (
                #""id":"01890a5dac96774bbcceb302099a8057","ts":"1970-01-01T00:00:00Z""#,
                "/id must be a UUID in the form 8-4-4-4-12"
            ),
            (#""id":"01890a5d-ac96-774b-bcce-b302099a8057""#, "/id needs a ts beside it"),
            (#""execution_id":7"#, "/execution_id must be a string, not a number"),
            (#""service":false"#, "/service must be a string, not a boolean"),
            (#""trace_id":"\u0000""#, "/trace_id must not contain U+0000"),
            (#""span_id":{}"#, "/span_id must be a string, not an object"),
            (#""colour":"red""#, "/colour is not a field of an event"),
            (#""phase":"end""#, "/phase is given twice"),
            (#""position":1,"position":2"#, "/position is given twice"),
        ])
    func optionalFields(members: String, refusal: String) {
        #expect(refusals(members: members) == [refusal])
    }

    @Test("All that is wrong is told at once")
    func allAtOnce() {
        let text = #"{"run_id":"","phase":"x","ts":"x","metrics":{"a":"b"},"issues":[1,"ok",2],"extra":1}"#
        #expect(
            refusals(text) == [
                #"/phase must be "start", "end" or "fail""#,
                "/ts must be an RFC 3339 time such as 2025-11-18T12:00:00.000000Z",
                "/metrics/a must be a number, not a string",
                "/issues/0 must be a string, not a number",
                "/issues/2 must be a string, not a number",
                "/extra is not a field of an event",
                "/node is required",
                "/run_id must be 1 to 255 bytes long",
            ])
    }

    @Test("At most a hundred errors are told of one event")
    func errorLimit() {
        let keys = (0..<5000).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(refusals(members: keys).count == 100)
    }

    @Test("An absurdly long key is told in short")
    func longKey() {
        let refusal = refusals(members: "\"\(String(repeating: "k", count: 100_000))\":1").first ?? ""
        #expect(refusal.hasPrefix("/kkk") && refusal.utf8.count < 400)
    }

    @Test(
        "What is not an object is no event",
        arguments: [
            ("[]", "an array"), ("7", "a number"), ("\"x\"", "a string"), ("null", "null"), ("true", "a boolean"),
        ])
    func notAnObject(text: String, kind: String) {
        #expect(refusals(text) == ["the event must be an object, not \(kind)"])
    }

    @Test("An empty object lacks all three required fields")
    func emptyObject() {
        #expect(refusals("{}") == ["/run_id is required", "/node is required", "/phase is required"])
    }

    @Test("A drop event has its own shape, and no other may use its name")
    func dropEvents() throws {
        let good = """
            {"run_id":"runledger:api","node":"runledger.drop","phase":"fail",
            "metrics":{"dropped_events":3,"dropped_bytes":900}}
            """
        #expect(try read(good).event.metrics["dropped_events"] == 3)
        for (old, new) in [("fail", "end"), ("runledger:api", "api"), ("_bytes", "_pieces"), ("900", "0.5")] {
            #expect(refusals(good.replacing(old, with: new)).first?.hasPrefix("/node must not begin") == true)
        }
    }

    @Test(
        "Duration is an integer however it is written",
        arguments: [
            ("12", 12), ("12.0", 12), ("1.2e1", 12), ("120e-1", 12), ("0.0", 0), ("-0", 0), ("0e99", 0), ("1E2", 100),
            ("9007199254740991", 9_007_199_254_740_991), ("9007199254740991.000", 9_007_199_254_740_991),
            ("12.000000000000000000000000000000000000000000000000000", 12), ("0.00000000000000000000012e23", 12),
        ])
    func durations(text: String, milliseconds: Int) throws {
        #expect(try read(members: "\"duration_ms\":\(text)").durationMS == milliseconds)
    }

    @Test(
        "A duration that is no integer is refused",
        arguments: [
            "12.5", "1e-1", "9007199254740990.5", "9007199254740991.1", "1e16", "1e999999999999", "1e-999999999999",
            "-1", "-1.0", "123456789012345678901234567890", "12.00000000000000000000000000000000000001",
        ])
    func brokenDurations(text: String) {
        #expect(
            refusals(members: "\"duration_ms\":\(text)") == [
                "/duration_ms must be an integer from 0 to 9007199254740991"
            ])
    }

    @Test("A document is one event or an array, and each element is judged alone")
    func documents() throws {
        let event = #"{"run_id":"r","node":"N","phase":"end"}"#
        func results(_ text: String) throws -> [Result<IncomingEvent, EventJSONError>] {
            try Array(text.utf8).withUnsafeBytes { try EventJSONReader().readDocument($0, maximumCount: 3) }
        }
        #expect(try results(event).count == 1)
        #expect(try results("  [ \(event) ,\n \(event) ] ").count == 2)
        #expect(try results("[]").isEmpty)
        #expect(try results("").isEmpty)
        #expect(try results(" \n").isEmpty)

        let mixed = try results("[\(event),{},7]")
        #expect((try? mixed[0].get()) != nil)
        #expect(mixed[1].failureDescription == "/run_id is required; /node is required; /phase is required")
        #expect(mixed[2].failureDescription == "the event must be an object, not a number")

        #expect(throws: EventJSONError.tooManyEvents(maximum: 3)) { try results("[\(event),{},{},{}]") }
        for text in ["[\(event)", "[\(event),]", "[\(event)] x", "[,]", "[\(event) \(event)]"] {
            #expect { try results(text) } throws: {
                if case EventJSONError.notJSON = $0 { true } else { false }
            }
        }
    }
}

extension EventJSONReaderTests {
    @Test("A document of wrong events is answered by a bounded number of errors")
    func documentErrors() throws {
        let wrong = "{" + (0..<60).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
        let text = "[" + Array(repeating: wrong, count: 5).joined(separator: ",") + "]"
        let results = try Array(text.utf8).withUnsafeBytes { try EventJSONReader().readDocument($0) }
        let counts = results.map { result in
            if case .failure(.invalid(let errors)) = result { errors.count } else { 0 }
        }
        #expect(counts == [63, 37, 1, 1, 1])
    }
}

extension Result where Failure == EventJSONError {
    fileprivate var failureDescription: String? {
        if case .failure(let error) = self { error.description } else { nil }
    }
}
