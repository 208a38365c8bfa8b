import Testing

@testable import WorkflowEvents

/// The grammar of RFC 8259, tried on the value of `source`, which an event may give and the reader ignores.
@Suite("JSON by the letter of RFC 8259")
struct JSONConformanceTests {
    @Test(
        "Every JSON value is taken",
        arguments: [
            "null", "true", "false", "0", "-0", "1", "-1", "10", "0.0", "0.10", "-1.5", "1e0", "1E+9", "1e-9", "0e1",
            "-0e-1", "1.5e+300", "123456789012345678901234567890", "1e400",
            #""""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0000\u001f\uFFFF""#, #""\uD83D\uDE00""#, #""\ud800""#,
            "\"\u{7F}\"",
            "\"é€😀\u{10FFFF}\"", "[]", "[ ]", "[1]", "[[],[[]]]", #"[null,true,"a",1.0,{}]"#, "{}", "{ }",
            #"{"a":1}"#, #"{"":{"b":[{}]}}"#, #"{"a":1,"a":2}"#, "[ 1 ,\t2\r\n,\n3 ]", #"{ "a" : 1 , "b" : 2 }"#,
        ])
    func valid(value: String) throws {
        _ = try read(members: "\"source\":\(value)")
        _ = try read(members: " \"source\" \t:\n \(value) \r ")
    }

    @Test(
        "Whatever is not JSON is refused as such",
        arguments: [
            "", "nul", "nulls", "True", "NaN", "Infinity", "-Infinity", "undefined", "'a'", "a",
            "01", "-01", "00", "+1", "1.", ".5", "-", "-.5", "1e", "1e+", "1.e1", "0x1", "1_000", "1 2", "--1", "1e1.5",
            #"""#, #""a"#, #""\x""#, #""\u12""#, #""\u12G4""#, #""\"#, #""\U0041""#, "\"\n\"", "\"\t\"", "\"\u{0}\"",
            "\"\u{1F}\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "{", "{]", "}", #"{"a"}"#,
            #"{"a":}"#,
            #"{"a":1"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{a:1}"#, #"{1:1}"#, #"{"a" 1}"#, #"{"a":1 "b":2}"#, #"{"a":1;}"#,
            "/**/1", "1//", "\u{A0}1", "\u{2028}1",
        ])
    func invalid(value: String) {
        #expect(isNotJSON(#"{"run_id":"r","node":"N","phase":"end","source":\#(value)}"#), "\(value)")
    }

    @Test("Text around the value is refused, white space and a byte order mark are not")
    func surroundings() throws {
        let event = #"{"run_id":"r","node":"N","phase":"end"}"#
        #expect(try read("\t\r\n \(event)\t\r\n ").event.runID == "r")
        #expect(try read("\u{FEFF}\(event)").event.runID == "r")
        for text in [
            "\(event),", "\(event)}", "\(event) \(event)", "x\(event)", "\u{B}\(event)", "\(event)\u{0}", "", " ",
        ] {
            #expect(isNotJSON(text), "\(text)")
        }
    }

    @Test(
        "Bytes that are not UTF-8 are refused wherever they stand",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80],
            [0xFF], [0xFE], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func notUTF8(sequence: [UInt8]) {
        for template in [
            #"{"run_id":"@","node":"N","phase":"end"}"#, #"{"run_id":"r","node":"N","phase":"end@"}"#,
            #"{"run_id":"r","node":"N","phase":"end","source":"@"}"#,
            #"{"run_id":"r","node":"N","phase":"end","source":{"@":1}}"#,
            #"{"run_id":"r","node":"N","phase":"end","metrics":{"@":1}}"#,
            #"{"run_id":"r","node":"N","phase":"end","issues":["\n long enough to be scanned by words @"]}"#,
            #"{"run_id":"r","node":"N","phase":"end","ts":"@"}"#, #"{"run_id":"r","node":"N","phase":"end","@":1}"#,
            #"{"run_id":"r","node":"N","phase":"end"}@"#, #"@{"run_id":"r","node":"N","phase":"end"}"#,
        ] {
            let bytes = Array(
                template.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
                    .joined(separator: sequence))
            #expect(isNotJSON(bytes), "\(template)")
        }
    }

    @Test("Values nest up to 64 deep")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            "\"source\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try read(members: nested(64))
        #expect(refusals(members: nested(65)) == ["not JSON: values nest deeper than 64 at byte 121"])
        #expect(refusals(members: nested(1_000_000)) == ["not JSON: values nest deeper than 64 at byte 121"])
        let objects = String(repeating: #"{"a":"#, count: 100_000)
        #expect(refusals(members: "\"source\":\(objects)").first?.hasPrefix("not JSON: values nest deeper") == true)
    }

    @Test(
        "Escapes are read as what they stand for",
        arguments: [
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u0041\u00e9\u20AC"#, "Aé€"), (#"\uD83D\uDE00"#, "😀"),
            (#"a\u0001b"#, "a\u{1}b"), (#"\uFFFF"#, "\u{FFFF}"), (#"\\u0041"#, "\\u0041"), ("\u{7F}", "\u{7F}"),
            (#"1234567\n1234567\"12345678"#, "1234567\n1234567\"12345678"), (#"é\n😀"#, "é\n😀"),
        ])
    func escapes(escaped: String, text: String) throws {
        #expect(try read(members: "\"issues\":[\"\(escaped)\"]").issues == [text])
    }

    @Test(
        "An unpaired surrogate is refused",
        arguments: [
            #"\ud800"#, #"\udc00"#, #"\ud800a"#, #"\ud800\n"#, #"\ud800\u0041"#, #"\ud800\ud800"#, #"\udc00\ud800"#,
            #"\ud83d\ud83d\ude00"#,
        ])
    func unpairedSurrogates(escaped: String) {
        #expect(
            refusals(members: "\"issues\":[\"\(escaped)\"]")
                == ["/issues/0 must not contain an unpaired surrogate escape"])
    }

    @Test(
        "The fault of a broken text is told with its place",
        arguments: [
            (#"{"run_id":"r","#, "a string should follow", 14, true),
            (#"{"run_id":"r"#, "the text ends within a string", 12, false),
            (#"{"run_id" "r"}"#, "':' should follow", 10, false),
            (#"{"run_id":"r" "node":1}"#, "'}' should follow", 14, false),
            (#"{"run_id":rr}"#, "a value should follow", 10, false),
            (#"{"duration_ms":007}"#, "a number has a leading zero", 18, false),
            (#"{} {}"#, "there is more text after the value", 3, false),
            ("{\"run_id\":\"a\nb\"}", "a string holds a bare control character", 12, false),
        ])
    func faults(text: String, detail: String, offset: Int, isAtEnd: Bool) {
        let expected = isAtEnd ? "the text ends where a string should follow" : detail
        #expect(throws: EventJSONError.notJSON(offset: offset, detail: expected)) { try read(text) }
    }

    @Test("Every beginning of an event is refused, never read beyond its end")
    func truncated() {
        let text = Array(
            #"{"run_id":"é\u00e9","node":"N","phase":"end","duration_ms":12.5e1,"metrics":{"a":-1.5},"issues":["x"]}"#
                .utf8)
        for length in 0..<text.count {
            #expect(isNotJSON(Array(text.prefix(length))), "\(length)")
        }
    }
}
