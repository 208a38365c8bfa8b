import Foundation
import Testing

@testable import WorkflowEvents

@Suite("Writing Event JSON")
struct EventJSONWriterTests {
    @Test("All fields are written in the documented order")
    func allFields() throws {
        var event = WorkflowEvent(
            id: try #require(UUID(uuidString: "01890A5D-AC96-774B-BCCE-B302099A8057")),
            ts: Timestamp(microsecondsSince1970: 1_763_467_200_000_000),
            runID: "uuid-of-workflow-run", node: .lyrics, phase: .end, durationMS: 1234,
            metrics: ["lines_generated": 42, "custom_metric": 3.14], issues: ["Warning: short lyrics", "Info"],
            executionID: UUID(uuidString: "01890A5D-AC96-774B-BCCE-B302099A8058"), service: "api", traceID: "4bf9",
            spanID: "00f0")
        let guide = """
            {"ts":"2025-11-18T12:00:00.000000Z","run_id":"uuid-of-workflow-run","node":"LYRICS","phase":"end",\
            "duration_ms":1234,"metrics":{"lines_generated":42,"custom_metric":3.14},\
            "issues":["Warning: short lyrics","Info"],"id":"01890a5d-ac96-774b-bcce-b302099a8057"
            """
        let identity = """
            ,"execution_id":"01890a5d-ac96-774b-bcce-b302099a8058","service":"api","trace_id":"4bf9","span_id":"00f0"
            """
        #expect(event.json == guide + identity + "}")

        let recordedAt = Timestamp(microsecondsSince1970: 1_763_467_201_500_000)
        var bytes: [UInt8] = Array("before".utf8)
        EventJSONWriter.append(
            event, recorded: .init(position: 7, recordedAt: recordedAt, source: "a\"b"), to: &bytes)
        let recorded = #","position":7,"recorded_at":"2025-11-18T12:00:01.500000Z","source":"a\"b""#
        #expect(String(decoding: bytes, as: UTF8.self) == "before" + guide + identity + recorded + "}")

        (event.executionID, event.service, event.traceID, event.spanID) = (nil, nil, nil, nil)
        #expect(event.json == guide + "}")
    }

    @Test(
        "Texts are escaped as RFC 8259 wants",
        arguments: [
            ("", #""""#), ("a\"b\\c/d", #""a\"b\\c/d""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\0\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""), ("é€😀\u{2028}", "\"é€😀\u{2028}\""),
            ("01234567\"01234567\n", #""01234567\"01234567\n""#),
        ])
    func escapes(text: String, json: String) {
        var bytes: [UInt8] = []
        bytes.append(json: text)
        #expect(String(decoding: bytes, as: UTF8.self) == json)
    }

    @Test("Every length of text is escaped alike", arguments: 0..<40)
    func lengths(length: Int) {
        for position in 0..<max(1, length) {
            var text = Array(repeating: UInt8(ascii: "x"), count: length)
            if length > 0 { text[position] = UInt8(ascii: "\n") }
            var bytes: [UInt8] = []
            bytes.append(json: String(decoding: text, as: UTF8.self))
            let escaped = text.flatMap { $0 == UInt8(ascii: "\n") ? Array("\\n".utf8) : [$0] }
            #expect(bytes == [UInt8(ascii: "\"")] + escaped + [UInt8(ascii: "\"")])
        }
    }

    @Test(
        "Integers are written in full",
        arguments: [
            0, 9, 10, -1, 99, 100, 1_000_000_000, Int64.max, Int64.min, -10, 999_999_999_999_999_999,
            1_000_000_000_000_000_000,
        ])
    func integers(value: Int64) {
        var bytes: [UInt8] = []
        bytes.append(decimal: value)
        bytes.append(json: MetricValue(value))
        #expect(String(decoding: bytes, as: UTF8.self) == "\(value)\(value)")
    }

    @Test("Identifiers are written in lower case and read in either")
    func identifiers() {
        var random = FixedRandom(state: 9562)
        for _ in 0..<2000 {
            let uuid = UUID(highBits: random.next(), lowBits: random.next())
            var bytes: [UInt8] = []
            bytes.append(uuid: uuid)
            #expect(String(decoding: bytes, as: UTF8.self) == uuid.uuidString.lowercased())
            #expect(bytes.withUnsafeBytes { UUID(text: $0) } == uuid)
            #expect(Array(uuid.uuidString.utf8).withUnsafeBytes { UUID(text: $0) } == uuid)
        }
    }

    @Test("Anything but 8-4-4-4-12 hexadecimal digits is no identifier")
    func brokenIdentifiers() {
        let text = Array("01890a5d-ac96-774b-bcce-b302099a8057".utf8)
        for index in text.indices {
            for byte in UInt8.min ... .max {
                var broken = text
                broken[index] = byte
                let isDigit = Character(UnicodeScalar(byte)).isHexDigit && byte < 0x80
                let isGood = text[index] == UInt8(ascii: "-") ? byte == UInt8(ascii: "-") : isDigit
                #expect((broken.withUnsafeBytes { UUID(text: $0) } != nil) == isGood)
            }
        }
        for length in [0, 32, 35, 37] {
            let bytes = Array((text + text).prefix(length))
            #expect(bytes.withUnsafeBytes { UUID(text: $0) } == nil)
        }
    }

    @Test("Numbers longer than an event may bring are written all the same")
    func longLiterals() {
        let digits = "1" + String(repeating: "0", count: 400)
        let event = WorkflowEvent(
            runID: "r", node: "N", phase: .end,
            metrics: MetricSet(distinct: [("m", MetricValue(storage: .literal(digits)))]))
        #expect(event.json.contains(digits))
    }
}
