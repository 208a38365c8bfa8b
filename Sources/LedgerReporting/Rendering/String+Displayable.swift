extension Unicode.Scalar {
    /// Whether it may be shown: neither a command to whatever shows it, nor able to make one text look like another by
    /// turning the direction of writing.
    package var isDisplayable: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        default: !properties.isBidiControl
        }
    }
}

extension String {
    /// The text on one line, with a space for everything that may not be shown.
    var displayable: String {
        guard unicodeScalars.contains(where: { !$0.isDisplayable }) else { return self }
        return String(UnicodeScalarView(unicodeScalars.map { $0.isDisplayable ? $0 : " " }))
    }

    /// The text with its line ends as line feeds, and a space for everything else that may not be shown.
    var displayableLines: String {
        guard unicodeScalars.contains(where: { !$0.isDisplayable }) else { return self }
        return String(
            UnicodeScalarView(
                replacing("\r\n", with: "\n").unicodeScalars.map { $0.isDisplayable || $0 == "\n" ? $0 : " " }))
    }
}
