import WorkflowEvents

extension Timestamp {
    /// The moment in UTC to the second, which it does not say: `2025-11-18 12:00:00`.
    var displayText: String {
        String(rfc3339.prefix(19)).replacing("T", with: " ")
    }

    /// The moment in UTC, exactly, without zeros at the end: `2025-11-18 12:00:00.25 UTC`.
    var exactDisplayText: String {
        var fraction = rfc3339.dropFirst(19).dropLast()
        while let last = fraction.last, last == "0" || last == "." {
            fraction.removeLast()
        }
        return displayText + fraction + " UTC"
    }
}
