extension Substring {
    /// Whether it is `word`, which is ASCII, in any case. `lowercased()` alone would take a Kelvin sign for a k.
    func spells(_ word: String) -> Bool {
        utf8.allSatisfy { $0 < 0x80 } && lowercased() == word.lowercased()
    }
}
