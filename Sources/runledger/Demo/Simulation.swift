import WorkflowEvents

/// A made-up song factory: the eight-node workflow with skills that only take their time.
///
/// Some runs fail, some need rounds of fixing, some raise issues. The same seed tells the same story.
struct Simulation: Sendable {
    var runCount: Int
    var concurrency: Int
    var seed: UInt64
    /// How long skills take, as a multiple of their usual fractions of a second.
    var pace: Double

    /// Plays every run to its end, `concurrency` at a time.
    func play() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<runCount {
                if number >= concurrency { try await group.next() }
                group.addTask {
                    var song = SongRun(number: number + 1, seed: seed &+ UInt64(number), pace: pace)
                    try await song.play()
                }
            }
            try await group.waitForAll()
        }
    }
}

/// One run of the workflow.
private struct SongRun {
    private let runID: String
    private let pace: Double
    private var chance: SeededGenerator

    struct SkillError: Error, CustomStringConvertible {
        let description: String
    }

    init(number: Int, seed: UInt64, pace: Double) {
        self.runID = "song-" + String(repeating: "0", count: max(0, 3 - "\(number)".count)) + "\(number)"
        self.pace = pace
        self.chance = SeededGenerator(seed: seed)
    }

    /// Passes through the nodes; a skill that fails ends the run.
    mutating func play() async throws {
        do {
            try await plan()
            try await style()
            try await lyrics()
            try await work(.producer, 120...260)
            try await compose()
            try await validateAndFix()
            try await work(.review, 80...200)
        } catch is SkillError {
            return
        }
    }

    private mutating func plan() async throws {
        let milliseconds = duration(60...140)
        try await withSkillExecution(runID: runID, node: .plan) { state in
            try await pass(milliseconds)
            state.metrics["steps"] = 8
        }
    }

    private mutating func style() async throws {
        let milliseconds = duration(90...220)
        let tags = Int.random(in: 2...9, using: &chance)
        let fails = happens(0.06)
        try await withSkillExecution(runID: runID, node: .style) { state in
            try await pass(milliseconds)
            state.metrics["tags_generated"] = tags
            if fails { throw SkillError(description: "the style service answered 503") }
        }
    }

    private mutating func lyrics() async throws {
        let retrieval = duration(60...160)
        let generation = duration(180...700)
        let lines = Int.random(in: 8...48, using: &chance)
        let citations = Int.random(in: 0...6, using: &chance)
        let fails = happens(0.08)
        try await withSkillExecution(runID: runID, node: .lyrics) { state in
            var timer = EventTimer()
            timer.start()
            try await pass(retrieval)
            timer.stop()
            state.metrics["retrieval_ms"] = timer.durationMS
            try await pass(generation)
            state.metrics["lines_generated"] = lines
            state.metrics["citations"] = citations
            if lines < 12 { state.issues.append("Warning: short lyrics") }
            if citations == 0 { state.issues.append("Warning: no citations included") }
            if fails { throw SkillError(description: "the language model timed out after 30 s") }
        }
    }

    private mutating func compose() async throws {
        let milliseconds = duration(100...300)
        let characters = Int.random(in: 900...3400, using: &chance)
        try await withSkillExecution(runID: runID, node: .compose) { state in
            try await pass(milliseconds)
            state.metrics["total_chars"] = characters
            if characters > 3000 { state.issues.append("Prompt exceeds length limit") }
        }
    }

    private mutating func validateAndFix() async throws {
        var density = Double.random(in: 0.45...0.95, using: &chance)
        for _ in 1...3 {
            let milliseconds = duration(70...160)
            let score = (density * 100).rounded() / 100
            try await withSkillExecution(runID: runID, node: .validate) { state in
                try await pass(milliseconds)
                state.metrics["hook_density"] = score
                if score < 0.7 { state.issues.append("Low hook density: \(score)") }
            }
            if score >= 0.7 { return }
            let fixMilliseconds = duration(110...280)
            let changes = Int.random(in: 1...5, using: &chance)
            try await withSkillExecution(runID: runID, node: .fix) { state in
                try await pass(fixMilliseconds)
                state.metrics["fixes_applied"] = changes
            }
            density += Double.random(in: 0.05...0.3, using: &chance)
        }
    }

    private mutating func work(_ node: Node, _ range: ClosedRange<Double>) async throws {
        let milliseconds = duration(range)
        try await withSkillExecution(runID: runID, node: node) { _ in try await pass(milliseconds) }
    }

    private mutating func duration(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &chance) * pace
    }

    private mutating func happens(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &chance) < probability
    }
}

/// Lets the time pass that a skill would work.
private func pass(_ milliseconds: Double) async throws {
    try await Task.sleep(for: .milliseconds(milliseconds))
}
