// snippet: lyrics-skill
import Foundation
import WorkflowEvents

/// Generates lyrics with comprehensive observability.
///
/// Emits events with metrics:
/// - lines_generated: number of lyric lines created
/// - verses, choruses, bridges: section counts
/// - citations: number of source citations
/// - retrieval_ms: time spent on source retrieval
/// - generation_ms: time spent on generation
/// - validation_ms: time spent on validation
///
/// Tracks issues:
/// - short sections
/// - profanity violations
/// - rhyme scheme issues
/// - citation problems
func generateLyricsSkill(runID: String, style: StyleSpec, constraints: Constraints, seed: Int) -> Lyrics {
    withSkillExecution(runID: runID, node: .lyrics) { state in
        // Phase 1: retrieve sources
        var retrievalTimer = EventTimer()
        retrievalTimer.start()
        let sources = retrieveSources(style, constraints, seed: seed)
        retrievalTimer.stop()
        state.metrics["retrieval_ms"] = retrievalTimer.durationMS
        state.metrics["sources_retrieved"] = sources.count

        // Phase 2: generate lyrics
        var generationTimer = EventTimer()
        generationTimer.start()
        let lyrics = generateText(sources, style, constraints, seed: seed)
        generationTimer.stop()
        state.metrics["generation_ms"] = generationTimer.durationMS

        // Phase 3: validate
        var validationTimer = EventTimer()
        validationTimer.start()
        let validation = validateLyrics(lyrics, constraints)
        validationTimer.stop()
        state.metrics["validation_ms"] = validationTimer.durationMS

        // Populate metrics
        state.metrics["lines_generated"] = lyrics.lines.count
        state.metrics["verses"] = lyrics.verseCount
        state.metrics["choruses"] = lyrics.chorusCount
        state.metrics["bridges"] = lyrics.bridgeCount
        state.metrics["citations"] = lyrics.citations.count
        state.metrics["avg_line_length"] = lyrics.averageLineLength

        // Track issues
        if lyrics.verseCount < 2 {
            state.issues.append("Low verse count: \(lyrics.verseCount)")
        }

        if lyrics.chorusCount < 1 {
            state.issues.append("Missing chorus section")
        }

        if validation.profanityScore > constraints.explicit {
            state.issues.append("Profanity violation: \(validation.profanityScore)")
        }

        if validation.rhymeDensity < 0.7 {
            state.issues.append(String(format: "Low rhyme density: %.2f", validation.rhymeDensity))
        }

        if lyrics.citations.isEmpty {
            state.issues.append("Warning: no citations included")
        }

        return lyrics
    }
}
// snippet-end
