extension String {
    /// The text, with an apostrophe before it where a spreadsheet might take it for a formula.
    ///
    /// A formula begins with `=`, `+`, `-` or `@`, also as a full-width or small form, and also behind white space or
    /// characters without a shape; a tab or a line end at the front can start one by what it does to the import.
    var spreadsheetSafe: String {
        guard let first = unicodeScalars.first else { return self }
        let begins = unicodeScalars.first { !$0.isPassedOver }
        return Self.lineStarts.contains(first) || begins.map(Self.formulaStarts.contains) ?? false ? "'" + self : self
    }

    private static let lineStarts: Set<Unicode.Scalar> = ["\t", "\r", "\n"]

    private static let formulaStarts: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{FE66}", "\u{FE62}", "\u{FE63}",
        "\u{FE6B}", "\u{2212}",
    ]
}

extension Unicode.Scalar {
    /// Whether an import may trim it away, or nobody sees it.
    fileprivate var isPassedOver: Bool {
        properties.isWhitespace || properties.isDefaultIgnorableCodePoint || properties.generalCategory == .control
            || properties.generalCategory == .format
    }
}
