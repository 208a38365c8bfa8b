import Foundation
import WorkflowEvents

/// Events of the eight-node workflow over the last 90 days: runs of 17 events, twenty of them at a time.
struct History: Sendable {
    let bench: Workbench
    let eventCount: Int
    private let begin = Timestamp.now.microsecondsSince1970 - 90 * 86_400_000_000
    private static let runLength = 17
    private static let concurrentRuns = 20

    init(bench: Workbench, eventCount: Int) {
        self.bench = bench
        self.eventCount = eventCount
    }

    /// From when to when the events with these numbers are.
    func times(_ numbers: Range<Int>) -> ClosedRange<Timestamp> {
        time(numbers.lowerBound)...time(numbers.upperBound - 1)
    }

    private func time(_ number: Int) -> Timestamp {
        let interval = Double(90 * 86_400_000_000) / Double(eventCount)
        return Timestamp(microsecondsSince1970: begin + Int64(Double(number) * interval))
    }

    /// Of the start and the end that belong together; the last event of a run is an end without a start.
    private func executionID(_ run: Int, _ index: Int) -> UUID {
        withUnsafeBytes(of: (UInt64(run), UInt64(index))) { UUID(uuid: $0.load(as: uuid_t.self)) }
    }

    /// The events with these numbers, in the order of their times.
    func events(_ numbers: Range<Int>) -> [WorkflowEvent] {
        let block = Self.runLength * Self.concurrentRuns
        return numbers.map { number in
            let step = number % block / Self.concurrentRuns
            let run = number / block * Self.concurrentRuns + number % Self.concurrentRuns
            let chance = (number &* 2_654_435_761) % 1_000_003
            let isStart = step % 2 == 0 && step < 16
            var event = WorkflowEvent(
                ts: time(number), runID: "history-\(run)", node: Node.workflowOrder[min(7, step / 2)],
                phase: isStart ? .start : chance % 23 == 0 ? .fail : .end)
            event.service = "bench"
            event.executionID = executionID(run, step / 2)
            if !isStart {
                event.durationMS = Int(50.0 * Double(1 + step / 2) * exp(1.2 * (Double(chance % 1000) / 500 - 1)))
                event.metrics = [
                    "lines_generated": MetricValue(chance % 60), "citations": MetricValue(chance % 7),
                    "retrieval_ms": MetricValue(chance % 400), "rhyme_density": 0.85, "avg_line_length": 8.5,
                ]
                if chance % 4 == 0 { event.issues = ["Low hook density: 0.\(chance % 100) below threshold 0.70"] }
            }
            return event
        }
    }
}
