/// Names of which no two are equal: searched linearly while they are few, as those of metrics are, then by hash.
struct DistinctNames {
    private var few: [String] = []
    private var many: Set<String> = []

    /// Adds `name` unless it is there; returns whether it was added.
    mutating func insert(_ name: String) -> Bool {
        if !many.isEmpty { return many.insert(name).inserted }
        guard !few.contains(name) else { return false }
        few.append(name)
        if few.count > 16 { many = Set(few) }
        return true
    }
}
