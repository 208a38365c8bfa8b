import Foundation
import WorkflowEvents

/// A request's events, and how it sends them.
struct RawBatch: Sendable {
    let names: [EventName]
    let body: [UInt8]
    let contentType: String
    let idempotencyKey: String?

    /// Events with times and ids of their own, as NDJSON or one object, with or without a key.
    ///
    /// - Parameter now: the time of the last of them, in microseconds since 1970.
    init(
        writer: String, number: Int, at now: Int64 = Timestamp.now.microsecondsSince1970,
        using generator: inout SeededGenerator
    ) {
        let count = generator.oneIn(3) ? 1 : Int.random(in: 2...80, using: &generator)
        let events = (0..<count).map { index in
            var event = WorkflowEvent(
                id: UUIDv7.next(), ts: Timestamp(microsecondsSince1970: now - Int64(count - index)),
                runID: "\(writer)-\(number / 10)", node: Node.workflowOrder[index % 8],
                phase: [.start, .end, .end, .fail].randomElement(using: &generator) ?? .end, service: writer)
            if event.phase != .start { event.durationMS = Int.random(in: 0...20_000, using: &generator) }
            if generator.oneIn(6) { event.issues = ["worry \(index % 5)", "worry \(number % 3)"] }
            event.metrics = ["number": MetricValue(number)]
            return event
        }
        names = events.map(EventName.init)
        contentType = count == 1 ? "application/json" : "application/x-ndjson"
        body = Array(events.map { $0.json + "\n" }.joined().utf8)
        idempotencyKey = generator.oneIn(3) ? "\(writer) \(number)" : nil
    }

    /// Events to which the service gives times and ids, under a key, each of a run of its own.
    init(nameless writer: String, number: Int, using generator: inout SeededGenerator) {
        let runs = (0..<Int.random(in: 1...20, using: &generator)).map { "\(writer)-nameless-\(number)-\($0)" }
        names = runs.map { EventName(runID: $0, ts: 0, id: nil) }
        contentType = "application/x-ndjson"
        body = Array(runs.map { #"{"run_id":"\#($0)","node":"PLAN","phase":"start"}"# + "\n" }.joined().utf8)
        idempotencyKey = "\(writer) \(number)"
    }
}
