extension String {
    /// The text as Markdown that shows it as it is, on one line: nothing in it is markup, HTML, an entity, a web link
    /// or the end of a table's cell. Its line ends are `<br>`.
    ///
    /// The rules are those of CommonMark and GitHub's tables, strikethrough, formulas and bare links.
    var markdown: String {
        let scalars = Array(displayableLines.unicodeScalars)
        var markdown = UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "&": markdown += "&amp;".unicodeScalars
            case "<": markdown += "&lt;".unicodeScalars
            case ">": markdown += "&gt;".unicodeScalars
            case "\n": markdown += "<br>".unicodeScalars
            default:
                if Self.markup.contains(scalar) || Self.makesLink(scalars, index) || Self.startsBlock(scalars, index) {
                    markdown.append("\\")
                }
                markdown.append(scalar)
            }
        }
        return String(markdown)
    }

    private static let markup: Set<Unicode.Scalar> = ["\\", "`", "*", "_", "[", "]", "|", "~", "#", "$", "!"]

    /// Whether the scalar at `index` is what makes a bare link: the colon of `https://`, the dot of `www.`.
    private static func makesLink(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        switch scalars[index] {
        case ":": scalars[index...].starts(with: "://".unicodeScalars)
        case ".": index >= 3 && scalars[(index - 3)..<index].allSatisfy { $0 == "w" || $0 == "W" }
        default: false
        }
    }

    /// Whether the scalar at `index` would make a list or a heading of the line: a sign at its front, a dot or
    /// parenthesis behind a number there.
    private static func startsBlock(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        switch scalars[index] {
        case "+", "-", "=": index == 0
        // A list's number has at most nine digits.
        case ".", ")": 1...9 ~= index && scalars[..<index].allSatisfy { ("0"..."9").contains($0) }
        default: false
        }
    }
}
