import Foundation
import Testing

@testable import WorkflowEvents

@Suite("Event JSON there and back")
struct EventJSONRoundTripTests {
    @Test("What is written is read as the same event, byte for byte")
    func roundTrip() throws {
        var random = FixedRandom(state: 2)
        for _ in 0..<1000 {
            let event = RandomEvent.make(&random)
            let text = event.json
            let incoming = try read(text)
            #expect(incoming.hasID && incoming.hasTimestamp)
            #expect(incoming.event == event)
            #expect(incoming.event.metrics.map(\.name) == event.metrics.map(\.name))
            #expect(incoming.event.json.utf8.elementsEqual(text.utf8))
        }
    }

    @Test("A recorded event is read as the event it was")
    func recorded() throws {
        var random = FixedRandom(state: 3)
        for position in 1...100 {
            let event = RandomEvent.make(&random)
            var bytes: [UInt8] = []
            EventJSONWriter.append(
                event,
                recorded: .init(position: Int64(position), recordedAt: .now, source: RandomEvent.text(&random, 40)),
                to: &bytes)
            #expect(try read(bytes).event == event)
        }
    }

    @Test("Foundation reads the same values from what is written")
    func foundation() throws {
        var random = FixedRandom(state: 4)
        for _ in 0..<200 {
            let event = RandomEvent.make(&random)
            let object = try JSONSerialization.jsonObject(with: Data(event.json.utf8)) as? [String: Any]
            #expect(object?["run_id"] as? String == event.runID)
            #expect(object?["node"] as? String == event.node.rawValue)
            #expect(object?["issues"] as? [String] == event.issues)
            #expect(object?["duration_ms"] as? Int == event.durationMS)
            #expect((object?["metrics"] as? [String: Any])?.count == event.metrics.count)
        }
    }

    @Test("What Foundation writes, with its escapes and white space, is read as the same event")
    func foundationWriting() throws {
        var random = FixedRandom(state: 5)
        for round in 0..<200 {
            let event = RandomEvent.make(&random)
            let object: [String: Any] = [
                "ts": event.ts.rfc3339, "id": event.id.uuidString, "run_id": event.runID,
                "node": event.node.rawValue, "phase": event.phase.rawValue, "duration_ms": event.durationMS,
                "issues": event.issues, "source": ["nested": [1, 2.5, NSNull(), true] as [Any]],
            ]
            let options: JSONSerialization.WritingOptions = round % 2 == 0 ? [.prettyPrinted, .sortedKeys] : []
            let bytes = try JSONSerialization.data(withJSONObject: object, options: options)
            let read = try read(Array(bytes)).event
            #expect(read.runID == event.runID && read.issues == event.issues && read.ts == event.ts)
            #expect(read.id == event.id && read.durationMS == event.durationMS)
        }
    }

    @Test("A damaged text is refused or read, and what is read can be written and read again")
    func damaged() throws {
        var random = FixedRandom(state: 6)
        var readCount = 0
        for _ in 0..<2000 {
            var bytes = Array(RandomEvent.make(&random).json.utf8)
            for _ in 0...random.next() % 3 { Self.damage(&bytes, &random) }
            guard let event = try? read(bytes).event else { continue }
            readCount += 1
            #expect(event.violations().isEmpty)
            #expect(try read(event.json).event == event)
        }
        #expect(readCount > 100)
    }

    @Test("A damaged text that is read as an event is JSON to Foundation too")
    func agreement() throws {
        var random = FixedRandom(state: 7)
        var readCount = 0
        for _ in 0..<3000 {
            var bytes = Array(RandomEvent.make(&random).json.utf8)
            Self.damage(&bytes, &random)
            guard (try? read(bytes)) != nil else { continue }
            readCount += 1
            _ = try JSONSerialization.jsonObject(with: Data(bytes))
        }
        #expect(readCount > 200)
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout FixedRandom) {
        let index = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 6 {
        case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(Array("{}[]\",:\\0-eE.tfn \n".utf8).randomElement(using: &random) ?? 0, at: index)
        case 3: bytes.removeSubrange(index..<min(bytes.count, index + Int(random.next() % 8) + 1))
        case 4: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 12)], at: index)
        default: bytes.swapAt(index, Int(random.next() % UInt64(bytes.count)))
        }
        if bytes.isEmpty { bytes = [0x7B] }
    }
}

/// Events that use all of what an event may hold.
enum RandomEvent {
    static func make(_ random: inout FixedRandom) -> WorkflowEvent {
        let phase = Phase.allCases.randomElement(using: &random) ?? .end
        var metrics = MetricSet()
        for index in 0..<Int(random.next() % 24) {
            let number = Double(bitPattern: random.next())
            let name = text(&random, 20) + "\(index)"
            switch random.next() % 4 {
            case 0: metrics[name] = Int64(bitPattern: random.next())
            case 1: metrics[name] = number.isFinite ? number : 0
            case 2: metrics[name] = Double(random.next() % 100_000) / 100
            default:
                metrics[name] = MetricValue(storage: .literal("\(random.next() % 1000 + 1)e\(random.next() % 30)"))
            }
        }
        return WorkflowEvent(
            id: UUID(highBits: random.next(), lowBits: random.next()),
            ts: Timestamp(microsecondsSince1970: Int64(random.next() % 4_000_000_000_000_000) - 1_000_000_000_000_000),
            runID: name(&random, 40), node: Node(rawValue: name(&random, 25)), phase: phase,
            durationMS: phase == .start ? 0 : Int(random.next() >> 11) >> Int(random.next() % 53), metrics: metrics,
            issues: (0..<random.next() % 6).map { _ in text(&random, 60) },
            executionID: random.next() % 2 == 0 ? UUID(highBits: random.next(), lowBits: random.next()) : nil,
            service: random.next() % 2 == 0 ? text(&random, 30) : nil,
            traceID: random.next() % 2 == 0 ? text(&random, 30) : nil,
            spanID: random.next() % 2 == 0 ? text(&random, 30) : nil)
    }

    /// 0 to `maximumCount` scalars of all kinds but U+0000.
    static func text(_ random: inout FixedRandom, _ maximumCount: UInt64) -> String {
        var text = ""
        for _ in 0..<random.next() % maximumCount { text.unicodeScalars.append(scalar(&random)) }
        return text
    }

    /// 1 to `maximumCount` scalars, none of them a control character.
    private static func name(_ random: inout FixedRandom, _ maximumCount: UInt64) -> String {
        var name = "n"
        for scalar in text(&random, maximumCount).unicodeScalars where scalar.properties.generalCategory != .control {
            name.unicodeScalars.append(scalar)
        }
        return name
    }

    private static func scalar(_ random: inout FixedRandom) -> Unicode.Scalar {
        switch random.next() % 8 {
        case 0: Unicode.Scalar(UInt32(random.next() % 0x1F + 1)) ?? "x"
        case 1: "\""
        case 2: "\\"
        case 3: Unicode.Scalar(UInt32(random.next() % 0x11_0000)) ?? "\u{FFFD}"
        case 4: Unicode.Scalar(UInt32(random.next() % 0x700 + 0x80)) ?? "é"
        default: Unicode.Scalar(UInt32(random.next() % 0x5F + 0x20)) ?? "x"
        }
    }
}
