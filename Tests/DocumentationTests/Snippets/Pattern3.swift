// snippet: pattern-3
import Foundation
import WorkflowEvents

func validatePrompt(runID: String, prompt: Prompt) -> [String: Double] {
    withSkillExecution(runID: runID, node: .validate) { state in
        let scores = computeScores(prompt)

        // Track validation issues
        if let density = scores["hook_density"], density < 0.7 {
            state.issues.append(String(format: "Low hook density: %.2f", density))
        }

        if let score = scores["profanity_score"], score > 0 {
            state.issues.append(String(format: "Profanity detected: score=%.2f", score))
        }

        if prompt.text.count > 3000 {
            state.issues.append("Prompt exceeds length limit")
        }

        // Include scores as metrics
        state.metrics.merge(scores)

        return scores
    }
}
// snippet-end
