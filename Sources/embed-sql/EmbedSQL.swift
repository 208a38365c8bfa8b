import Foundation

/// `embed-sql OUTPUT INPUT…` writes one Swift file that holds the text of every input under its file name.
@main
struct EmbedSQL {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else { fatalError("usage: embed-sql OUTPUT INPUT…") }
        var source = "/// The SQL files of this directory, by file name.\npackage enum EmbeddedSQL {\n"
        source += "    package static let files: [String: String] = [\n"
        for path in arguments.dropFirst() {
            let file = URL(filePath: path)
            let text = try String(contentsOf: file, encoding: .utf8)
            source += "        \(literal(file.lastPathComponent)): \(literal(text)),\n"
        }
        source += arguments.count == 1 ? "        :\n    ]\n}\n" : "    ]\n}\n"
        try source.write(to: URL(filePath: output), atomically: true, encoding: .utf8)
    }

    /// `text` as a Swift string literal.
    private static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
