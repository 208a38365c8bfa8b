import Testing

@testable import WorkflowEvents

@Suite("The limits of an event")
struct EventLimitsTests {
    private func event(_ change: (inout WorkflowEvent) -> Void) -> WorkflowEvent {
        var event = WorkflowEvent(runID: "run-1", node: .lyrics, phase: .end)
        change(&event)
        return event
    }

    private func violations(_ change: (inout WorkflowEvent) -> Void) -> [String] {
        event(change).violations().map(\.description)
    }

    private func text(_ byteCount: Int) -> String { String(repeating: "x", count: byteCount) }

    @Test("A good event has no violations and is fitted as it is")
    func good() {
        let event = event {
            $0.metrics = ["a": 1, "b": 0.5]
            $0.issues = ["é"]
            $0.service = "api"
        }
        #expect(event.violations().isEmpty)
        #expect(event.fitted() == event)
    }

    @Test("Each limit holds at its edge and not beyond")
    func edges() {
        #expect(violations { $0.runID = text(255) }.isEmpty)
        #expect(violations { $0.runID = text(256) } == ["/run_id must be 1 to 255 bytes long"])
        #expect(violations { $0.runID = text(253) + "é" }.isEmpty)
        #expect(violations { $0.runID = text(254) + "é" } == ["/run_id must be 1 to 255 bytes long"])
        #expect(violations { $0.runID = "" } == ["/run_id must be 1 to 255 bytes long"])
        #expect(violations { $0.node = Node(rawValue: text(128)) }.isEmpty)
        #expect(violations { $0.node = Node(rawValue: text(129)) } == ["/node must be 1 to 128 bytes long"])
        #expect(violations { $0.node = "" } == ["/node must be 1 to 128 bytes long"])
        #expect(violations { $0.service = text(255) }.isEmpty)
        #expect(violations { $0.service = text(256) } == ["/service must be at most 255 bytes long"])
        #expect(violations { $0.durationMS = 1 << 53 - 1 }.isEmpty)
        #expect(
            violations { $0.durationMS = 1 << 53 }
                == ["/duration_ms must be an integer from 0 to 9007199254740991"])
        #expect(violations { $0.durationMS = -1 }.count == 1)
        #expect(violations { $0.phase = .start }.isEmpty)
        #expect(
            violations {
                $0.phase = .start
                $0.durationMS = 1
            } == ["/duration_ms must be 0 on start"])
        #expect(violations { $0.issues = [text(8192)] }.isEmpty)
        #expect(violations { $0.issues = ["a", text(8193)] } == ["/issues/1 must be at most 8192 bytes long"])
        #expect(violations { $0.issues = Array(repeating: "x", count: 256) }.isEmpty)
        #expect(violations { $0.issues = Array(repeating: "x", count: 257) } == ["/issues must be at most 256"])
        #expect(violations { $0.metrics = numbered(256) }.isEmpty)
        #expect(violations { $0.metrics = numbered(257) } == ["/metrics must be at most 256"])
        #expect(violations { $0.metrics = [text(255): 1] }.isEmpty)
        #expect(
            violations { $0.metrics = [text(256): 1] }.first?.hasSuffix("must have a name of 1 to 255 bytes") == true)
        #expect(violations { $0.metrics = ["": 1] } == ["/metrics/ must have a name of 1 to 255 bytes"])
        #expect(violations { $0.ts = Timestamp.rfc3339Range.lowerBound }.isEmpty)
        #expect(violations { $0.ts = Timestamp.rfc3339Range.upperBound }.isEmpty)
        #expect(
            violations { $0.ts.microsecondsSince1970 = 253_402_300_800_000_000 }
                == ["/ts must lie in the years 0000 to 9999"])
    }

    private func numbered(_ count: Int) -> MetricSet {
        var metrics = MetricSet()
        for index in 0..<count { metrics["metric \(index)"] = index }
        return metrics
    }

    @Test(
        "Control characters keep a name out, other characters do not",
        arguments: [
            ("\u{0}", false), ("\u{1F}", false), ("\u{7F}", false), ("\u{80}", false), ("\u{9F}", false),
            ("\u{A0}", true),
            (" ", true), ("\u{7E}", true), ("é", true), ("\u{2028}", true), ("\u{1F600}", true), ("Â", true),
            ("\u{FEFF}", true),
        ] as [(Character, Bool)])
    func controlCharacters(character: Character, isAllowed: Bool) {
        for text in ["\(character)", "a\(character)", "\(character)b", "0123456789abcdef\(character)xyz"] {
            #expect(violations { $0.runID = text }.isEmpty == isAllowed)
            #expect(violations { $0.node = Node(rawValue: text) }.isEmpty == isAllowed)
        }
    }

    @Test("U+0000 keeps every text out")
    func nul() {
        #expect(violations { $0.issues = ["a", "b\0"] } == ["/issues/1 must not contain U+0000"])
        #expect(violations { $0.metrics = ["a\0": 1] } == ["/metrics/a\0 has a name that must not contain U+0000"])
        #expect(violations { $0.service = "\0" } == ["/service must not contain U+0000"])
        #expect(violations { $0.traceID = "\0" } == ["/trace_id must not contain U+0000"])
        #expect(violations { $0.spanID = "0123456789abcdef\0" } == ["/span_id must not contain U+0000"])
    }

    @Test("An event takes at most 256 KiB as compact JSON")
    func size() {
        var large = event { $0.issues = Array(repeating: text(8000), count: 32) }
        large.issues.append(text(EventLimits.maximumEventBytes - large.encodedBytes - 3))
        #expect(large.encodedBytes == EventLimits.maximumEventBytes)
        #expect(large.violations().isEmpty)
        #expect(throws: Never.self) { try read(large.json) }

        large.issues[0] += "x"
        #expect(large.violations().map(\.description) == ["the event takes 262145 bytes as JSON, over 262144"])
        #expect(refusals(large.json) == ["the event takes 262145 bytes as JSON, over 262144"])
    }

    @Test("White space and escapes do not count, up to 2 MiB of text")
    func textSize() throws {
        let spaces = String(repeating: " ", count: 300 << 10)
        #expect(try read(members: "\(spaces)\"issues\":[]").issues.isEmpty)
        let escapes = "\"" + String(repeating: #"\u0041"#, count: 8192) + "\""
        let issues = Array(repeating: escapes, count: 31).joined(separator: ",")
        #expect(try read(members: "\"issues\":[\(issues)]").issues.allSatisfy { $0.utf8.count == 8192 })
        let refusal = refusals(members: "\"source\":\"\(String(repeating: "x", count: 2 << 20))\"").first
        #expect(refusal?.hasSuffix("bytes of text, over 2097152") == true)
    }

    @Test("The reader refuses what the limits refuse", arguments: [256, 257])
    func readerCounts(count: Int) {
        let metrics = (0..<count).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
        #expect(refusals(members: "\"metrics\":{\(metrics)}") == (count > 256 ? ["/metrics must be at most 256"] : []))
        let twice = "\"metrics\":{\(metrics),\"m7\":1}"
        #expect(refusals(members: twice).first == "/metrics/m7 is given twice")
        let issues = Array(repeating: "\"i\"", count: count).joined(separator: ",")
        #expect(refusals(members: "\"issues\":[\(issues)]") == (count > 256 ? ["/issues must be at most 256"] : []))
    }
}
