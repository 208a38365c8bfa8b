import Foundation
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// A long run at 50,000 events a second through the PostgreSQL sink: everything stored, nothing dropped, memory flat.
struct SustainedMeasure {
    let bench: Workbench
    let eventCount: Int

    private static let rate = 50_000

    func run() async throws -> [ResultRow] {
        var memory: [Double] = []
        let time = try await withWorkflowEvents(.postgres(bench.database, spools: false), service: "bench") {
            let emitter = Emitter.default
            return try await seconds {
                let begin = ContinuousClock.now
                var emitted = 0
                while emitted < eventCount {
                    let due = min(eventCount, Int((ContinuousClock.now - begin) / .seconds(1) * Double(Self.rate)))
                    while emitted < due {
                        emit(emitted, to: emitter)
                        emitted += 2
                    }
                    if emitted / (Self.rate * 5) > memory.count { memory.append(Self.residentMegabytes()) }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
        let (stored, dropped) = try await bench.withPool { pool in
            try await pool.withConnection { connection in
                try await connection.query(
                    """
                    select count(*) filter (where run_id like 'sustained-%'),
                           count(*) filter (where node = 'runledger.drop')
                    from workflow_events
                    """)[0].decode(Int64.self, Int64.self)
            }
        }
        let isWhole = Int(stored) == eventCount && dropped == 0
        let (early, late) = (memory.first ?? 0, memory.last ?? 0)
        let isFlat = late < early * 1.25 + 16
        return [
            ResultRow(
                what: "\(grouped(Double(eventCount))) events at 50,000/s through the PostgreSQL sink",
                figure: "\(grouped(Double(stored))) stored in \(fixed(time, 0)) s, \(dropped) drops",
                ceiling: "–", ratio: "–", goal: "none dropped", isMet: isWhole),
            ResultRow(
                what: "memory of that process", figure: "\(fixed(late, 0)) MB at the end",
                ceiling: "\(fixed(early, 0)) MB after 5 s", ratio: fixed(early > 0 ? late / early : 1), goal: "flat",
                isMet: isFlat),
        ]
    }

    private func emit(_ index: Int, to emitter: Emitter) {
        withSkillExecution(runID: "sustained-\(index / 34)", node: .lyrics, emitter: emitter) { state in
            state.metrics["lines_generated"] = index % 60
            state.metrics["rhyme_density"] = 0.85
        }
    }

    private static func residentMegabytes() -> Double {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = Double(line.split(whereSeparator: { $0 == " " || $0 == "\t" })[1])
        else { return 0 }
        return kilobytes / 1024
    }
}
