import Foundation
import WorkflowEvents

/// Events of the eight-node workflow, evenly spread over a time: runs of 17 events, twenty of them at a time.
struct History: Sendable {
    let eventCount: Int
    /// The beginning of the names of its runs, which no other history of the same ledger may have.
    let name: String
    let times: Range<Timestamp>

    private static let runLength = 17
    private static let concurrentRuns = 20

    private func time(_ number: Int) -> Timestamp {
        let begin = times.lowerBound.microsecondsSince1970
        let span = Double(times.upperBound.microsecondsSince1970 - begin)
        return Timestamp(microsecondsSince1970: begin + Int64(span * Double(number) / Double(eventCount)))
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
                ts: time(number), runID: "\(name)-\(run)", node: Node.workflowOrder[min(7, step / 2)],
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
