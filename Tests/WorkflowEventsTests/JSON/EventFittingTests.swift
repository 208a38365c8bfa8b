import Testing

@testable import WorkflowEvents

@Suite("Making an event fit")
struct EventFittingTests {
    private func fitted(_ phase: Phase = .end, _ change: (inout WorkflowEvent) -> Void) -> WorkflowEvent {
        var event = WorkflowEvent(runID: "run-1", node: .lyrics, phase: phase)
        change(&event)
        let fitted = event.fitted()
        #expect(fitted.id == event.id && fitted.ts == event.ts)
        #expect(fitted.fitted() == fitted)
        return fitted
    }

    @Test("A long issue is cut between two characters and marked", arguments: ["x", "é", "€", "😀"])
    func longIssue(character: String) {
        let issue = String(repeating: character, count: 9000)
        let event = fitted { $0.issues = ["short", issue] }
        #expect(event.violations().isEmpty)
        #expect(event.issues[0] == "short")
        #expect(event.issues[1].utf8.count > 8192 - 4 && event.issues[1].utf8.count <= 8192)
        #expect(event.issues[1].hasSuffix("\(character)… [cut from \(issue.utf8.count) bytes]"))
    }

    @Test("Surplus issues are counted in one issue")
    func manyIssues() {
        let event = fitted { $0.issues = (0..<300).map { "issue \($0)" } }
        #expect(event.violations().isEmpty)
        #expect(event.issues.count == 256)
        #expect(event.issues[254] == "issue 254")
        #expect(
            event.issues[255].hasPrefix("45 issues and 0 metrics were left out: an event holds at most 256 and 256"))
    }

    @Test("The error of a failed execution stays the last issue")
    func lastIssueOfFail() {
        let event = fitted(.fail) {
            $0.issues = (0..<300).map { "issue \($0)" }
            $0.metrics["score"] = Double.nan
        }
        #expect(event.violations().isEmpty)
        #expect(event.issues.count == 256)
        #expect(event.issues[255] == "issue 299")
        #expect(event.issues[254].hasPrefix("46 issues and 0 metrics were left out"))
        #expect(event.issues[253] == "issue 253")
    }

    @Test("A metric that is not finite becomes an issue that names it")
    func nonFinite() {
        let event = fitted {
            $0.metrics["score"] = Double.infinity
            $0.metrics["rate"] = Double.nan
            $0.metrics["lines"] = 42
            $0.issues = ["first"]
        }
        #expect(event.violations().isEmpty)
        #expect(event.metrics == ["lines": 42])
        #expect(
            event.issues == [
                "first", "metric score was inf and is left out: a metric must be a finite number",
                "metric rate was nan and is left out: a metric must be a finite number",
            ])
    }

    @Test("Surplus metrics and those with unusable names are counted")
    func manyMetrics() {
        let event = fitted {
            for index in 0..<260 { $0.metrics["m\(index)"] = index }
            $0.metrics[""] = 1
            $0.metrics[String(repeating: "x", count: 256)] = 1
        }
        #expect(event.violations().isEmpty)
        #expect(event.metrics.count == 256)
        #expect(event.metrics["m255"] == 255)
        #expect(event.issues.count == 1)
        #expect(event.issues[0].hasPrefix("0 issues and 6 metrics were left out"))
    }

    @Test("U+0000 becomes U+FFFD everywhere but in the run and the node")
    func nul() {
        let event = fitted {
            $0.issues = ["a\0b"]
            $0.metrics = ["m\0": 1]
            $0.service = "s\0"
            $0.traceID = "\0"
            $0.spanID = "\0x"
        }
        #expect(event.violations().isEmpty)
        #expect(event.issues == ["a\u{FFFD}b"])
        #expect(event.metrics == ["m\u{FFFD}": 1])
        #expect(event.service == "s\u{FFFD}" && event.traceID == "\u{FFFD}" && event.spanID == "\u{FFFD}x")
        let broken = fitted {
            $0.runID = "\0"
            $0.node = "a\0"
        }
        #expect(broken.runID == "\0" && broken.node == "a\0")
        #expect(broken.violations().count == 2)
    }

    @Test("An event that is too large as a whole loses its last issues")
    func tooLarge() {
        let event = fitted(.fail) { $0.issues = (0..<200).map { "\($0) " + String(repeating: "\u{1}", count: 8000) } }
        #expect(event.violations().isEmpty)
        #expect(event.encodedBytes > EventLimits.maximumEventBytes - 2 * 6 * 8192)
        #expect(event.issues.last?.hasPrefix("199 ") == true)
        #expect(event.issues.dropLast().last?.contains("issues and 0 metrics were left out") == true)
    }

    @Test("Metrics whose names are all escapes leave room for the rest")
    func escapedMetricNames() {
        let event = fitted {
            for index in 0..<256 { $0.metrics[String(repeating: "\u{1}", count: 250) + "\(index)"] = index }
            $0.issues = ["kept"]
        }
        #expect(event.violations().isEmpty)
        #expect(event.issues.first == "kept")
        #expect(event.issues.last?.contains("metrics were left out") == true)
        #expect(event.metrics.count > 80)
    }

    @Test("Whatever a skill sets, what is fitted fits")
    func random() {
        var random = FixedRandom(state: 256)
        for _ in 0..<40 {
            var event = WorkflowEvent(runID: "r", node: .fix, phase: random.next() % 2 == 0 ? .end : .fail)
            for index in 0..<Int(random.next() % 300) {
                let name = Self.text(&random, 300) + "\(index)"
                if random.next() % 5 == 0 { event.metrics[name] = Double.nan } else { event.metrics[name] = index }
            }
            for index in 0..<Int(random.next() % 300) {
                event.issues.append(Self.text(&random, index % 20 == 0 ? 9000 : 400))
            }
            event.service = Self.text(&random, 400)
            let fitted = event.fitted()
            #expect(fitted.violations().isEmpty)
            if event.phase == .fail, let last = event.issues.last, last.utf8.count <= 8192, !last.contains("\0") {
                #expect(fitted.issues.last == last)
            }
        }
    }

    private static func text(_ random: inout FixedRandom, _ maximumCount: UInt64) -> String {
        let piece = ["x", "é", "😀", "\0", "\u{1}", "\"", "e\u{301}"].randomElement(using: &random) ?? "x"
        return String(repeating: piece, count: Int(random.next() % maximumCount))
    }
}
