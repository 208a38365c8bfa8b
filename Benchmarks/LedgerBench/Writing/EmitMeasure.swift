import Foundation
import WorkflowEvents
import WorkflowEventsPostgres

/// What `withSkillExecution` costs the skill while its events go to PostgreSQL: no log sink, five metrics, one issue.
struct EmitMeasure {
    let bench: Workbench

    private static let burstCount = 20_000

    func run() async throws -> [ResultRow] {
        let costs = try await withWorkflowEvents(.postgres(bench.database, spools: false), service: "bench") {
            let emitter = Emitter.default
            var costs: [Double] = []
            for _ in 0..<15 {
                costs.append(Self.burst(emitter))
                await emitter.flush()
            }
            return costs
        }
        let cost = costs.median / 1000
        return [
            ResultRow(
                what: "`withSkillExecution`, two events, PostgreSQL sink attached", figure: "\(fixed(cost)) µs",
                ceiling: "–", ratio: "–", goal: "at most 2 µs", isMet: cost <= 2)
        ]
    }

    /// Nanoseconds of the skill's own thread for one execution.
    private static func burst(_ emitter: Emitter) -> Double {
        let begin = threadNanoseconds()
        LyricsSkill.execute(burstCount, emitter)
        return Double(threadNanoseconds() - begin) / Double(burstCount)
    }
}
