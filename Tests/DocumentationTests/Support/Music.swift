// What the guide's skills work on. Small, but real: each function does what its name says, the same in every run.

struct LyricsInput {
    var lineCount = 42
    var citationCount = 5
}

struct Lyrics {
    var lines: [String]
    var citations: [String]
    var verseCount = 3
    var chorusCount = 2
    var bridgeCount = 1

    var averageLineLength: Double {
        lines.isEmpty ? 0 : Double(lines.map(\.count).reduce(0, +)) / Double(lines.count)
    }
}

struct InvalidInput: Error, CustomStringConvertible {
    var description: String
}

func createLyrics(_ input: LyricsInput) throws -> Lyrics {
    guard input.lineCount > 0 else { throw InvalidInput(description: "No lines were asked for.") }
    return Lyrics(
        lines: (1...input.lineCount).map { "Line \($0)" },
        citations: (0..<input.citationCount).map { "Source \($0 + 1)" })
}

struct SongSpec {
    var title: String
    var tags: [String] = []
}

struct Plan: Equatable {
    var steps: [String]
}

func createPlan(_ spec: SongSpec) -> Plan {
    Plan(steps: ["style for \(spec.title)", "lyrics for \(spec.title)"])
}

struct StyleSpec {
    var tags: [String]
}

func createStyle(_ spec: SongSpec) throws(InvalidInput) -> StyleSpec {
    guard !spec.tags.isEmpty else { throw InvalidInput(description: "The specification has no tags.") }
    return StyleSpec(tags: spec.tags)
}

func createLyrics(_ style: StyleSpec) throws -> Lyrics {
    try createLyrics(LyricsInput(lineCount: style.tags.count * 4, citationCount: style.tags.count))
}

struct Prompt: Equatable {
    var text: String
    var changes: [String] = []
}

func computeScores(_ prompt: Prompt) -> [String: Double] {
    let words = prompt.text.split(separator: " ")
    let hooks = words.count { $0 == "hook" }
    let profanities = words.count { $0 == "damn" }
    return [
        "hook_density": words.isEmpty ? 0 : Double(hooks) / Double(words.count),
        "profanity_score": words.isEmpty ? 0 : Double(profanities) / Double(words.count),
    ]
}

struct Artifacts {
    var parts: [String]
}

func mergeArtifacts(_ artifacts: Artifacts) -> [String] { artifacts.parts }
func validateMerged(_ parts: [String]) -> [String] { parts.filter { !$0.isEmpty } }
func buildFinalPrompt(_ parts: [String]) -> Prompt { Prompt(text: parts.joined(separator: "\n")) }

func applyFixes(_ prompt: Prompt) -> Prompt {
    Prompt(
        text: prompt.text.replacing("damn", with: "darn"),
        changes: prompt.text.contains("damn") ? ["profanity replaced"] : [])
}

struct Constraints {
    /// How much profanity is allowed, from 0 to 1.
    var explicit = 0.0
    var verseCount = 3
    var chorusCount = 2
    var citesSources = true
    var rhymeDensity = 0.85
    var profanity = 0.0
}

func retrieveSources(_ style: StyleSpec, _ constraints: Constraints, seed: Int) -> [String] {
    constraints.citesSources ? style.tags.map { "\($0), edition \(seed)" } : []
}

func generateText(_ sources: [String], _ style: StyleSpec, _ constraints: Constraints, seed: Int) -> Lyrics {
    let lineCount = 4 * (constraints.verseCount + constraints.chorusCount) + 2
    return Lyrics(
        lines: (1...lineCount).map { "Line \($0) of \(seed)" }, citations: sources, verseCount: constraints.verseCount,
        chorusCount: constraints.chorusCount, bridgeCount: 1)
}

struct Validation {
    var profanityScore: Double
    var rhymeDensity: Double
}

func validateLyrics(_ lyrics: Lyrics, _ constraints: Constraints) -> Validation {
    Validation(profanityScore: constraints.profanity, rhymeDensity: constraints.rhymeDensity)
}
