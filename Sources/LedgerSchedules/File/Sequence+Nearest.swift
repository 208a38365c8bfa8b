extension Sequence<String> {
    /// The one that somebody probably meant who wrote `word`: the same but for case, or but for at most two letters of six
    /// or more, or one of three or more; `nil` if none is.
    func nearest(to word: String) -> String? {
        let word = word.lowercased()
        // Longer words are not names of ours, and would take long.
        guard word.utf8.count <= 64 else { return nil }
        let allowed = word.count >= 6 ? 2 : word.count >= 3 ? 1 : 0
        let distances = map { (name: $0, distance: Self.distance(Array(word), Array($0.lowercased()))) }
        guard let best = distances.min(by: { $0.distance < $1.distance }), best.distance <= allowed else { return nil }
        return best.name
    }

    /// How many letters have to be inserted, removed, replaced or swapped with their neighbour to get from one to the other
    /// (optimal string alignment).
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for (row, character) in one.enumerated() {
            var current = [row + 1]
            for (column, otherCharacter) in other.enumerated() {
                let replaced = last[column] + (character == otherCharacter ? 0 : 1)
                var least = Swift.min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, character == other[column - 1], one[row - 1] == otherCharacter {
                    least = Swift.min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            (beforeLast, last) = (last, current)
        }
        return last[other.count]
    }
}
