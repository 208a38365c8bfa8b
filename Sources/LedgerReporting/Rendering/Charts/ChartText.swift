/// What is known of a text's width before a browser sets it: an estimate on the wide side, for any sans-serif font.
package enum ChartText {
    /// The size of a chart's letters.
    package static let size = 12.0

    /// About how wide `text` is.
    package static func width(of text: String) -> Double {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// `text`, shortened with an ellipsis where it is wider than `width`.
    package static func fitting(_ text: String, width: Double) -> String {
        guard self.width(of: text) > width else { return text }
        var rest = width - self.width(of: "…")
        let kept = text.prefix { character in
            rest -= self.width(of: character)
            return rest >= 0
        }
        return kept + "…"
    }

    private static func width(of character: Character) -> Double {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        let em =
            switch scalar.value {
            case 0x20...0x7E where "iljtfrI.,:;'|!()[]- ".unicodeScalars.contains(scalar): 0.42
            case 0x20...0x7E where "mwMW@%".unicodeScalars.contains(scalar): 0.98
            case 0x41...0x5A: 0.72
            case 0..<0x1100: 0.64
            // From here on scripts whose letters are about as wide as they are high, and pictures.
            default: scalar == "…" || scalar == "–" ? 0.9 : 1.1
            }
        return em * size
    }
}
