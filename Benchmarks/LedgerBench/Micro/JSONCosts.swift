import Foundation
import WorkflowEvents

/// Reading and writing an event as JSON, beside Foundation's ways to do so.
struct JSONCosts {
    private let events: [WorkflowEvent]
    private let texts: [[UInt8]]

    init(_ bench: Workbench) {
        events = bench.events(1_000, label: "json")
        texts = events.map { Array($0.json.utf8) }
    }

    /// What ``EventJSONReader`` reads, as a program would declare it for Foundation.
    private struct PlainEvent: Codable {
        var ts: String
        var run_id: String
        var node: String
        var phase: String
        var duration_ms: Int
        var metrics: [String: Double]
        var issues: [String]
        var id: UUID
        var execution_id: UUID?
        var service: String?
    }

    func costs() throws -> [MicroCost] {
        let bytes = Double(texts.reduce(0) { $0 + $1.count }) / Double(texts.count)
        let data = texts.map { Data($0) }
        let plain = try data.map { try JSONDecoder().decode(PlainEvent.self, from: $0) }
        let objects = try data.map { try JSONSerialization.jsonObject(with: $0) }
        let decoder = JSONDecoder()
        let encoder = JSONEncoder()
        let decode = each(data) { blackHole(try decoder.decode(PlainEvent.self, from: $0)) }
        let parse = each(data) { blackHole(try JSONSerialization.jsonObject(with: $0)) }
        let encode = each(plain) { blackHole(try encoder.encode($0)) }
        let serialize = each(objects) { blackHole(try JSONSerialization.data(withJSONObject: $0)) }
        return [
            cost("reading an event", bytes, read, ("`JSONDecoder`", decode)),
            cost("reading an event", bytes, read, ("`JSONSerialization`", parse)),
            cost("writing an event", bytes, write, ("`JSONEncoder`", encode)),
            cost("writing an event", bytes, write, ("`JSONSerialization`", serialize)),
        ]
    }

    private func cost(
        _ what: String, _ bytes: Double, _ operation: @escaping MicroCost.Operation,
        _ comparison: (String, MicroCost.Operation)
    ) -> MicroCost {
        MicroCost(what: what, bytes: bytes, group: texts.count, operation: operation, comparison: comparison)
    }

    private func each<T>(_ items: [T], _ body: @escaping (T) throws -> Void) -> MicroCost.Operation {
        { count in
            for _ in 0..<count / items.count {
                for item in items { try body(item) }
            }
        }
    }

    private var read: MicroCost.Operation {
        let reader = EventJSONReader()
        return each(texts) { text in try text.withUnsafeBytes { blackHole(try reader.read($0)) } }
    }

    private var write: MicroCost.Operation {
        each(events) { event in
            var bytes: [UInt8] = []
            EventJSONWriter.append(event, to: &bytes)
            blackHole(bytes)
        }
    }
}
