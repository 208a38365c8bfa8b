/// A length of time as people write it: `90s`, `15m`, `24h`, `7d`, `2w`.
package struct TimeSpan: Sendable, Hashable {
    /// As it was written.
    package let text: String
    /// How long it is: a day has 24 hours.
    package let seconds: Int64

    /// The span that `text` names: a whole number and `s`, `m`, `h`, `d` or `w`, at most a thousand years; `nil` if it
    /// names none.
    package init?(_ text: String) {
        guard let unit = text.last.flatMap({ Self.units[$0] }), text.dropLast().allSatisfy(\.isWholeNumber),
            let count = Int64(text.dropLast()), (0...Self.maximumSeconds / unit).contains(count)
        else { return nil }
        self.text = text
        self.seconds = count * unit
    }

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    /// A thousand years, well within what a timestamp holds.
    private static let maximumSeconds: Int64 = 31_557_600_000
}
