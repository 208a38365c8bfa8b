import Foundation

/// The snippets between `// snippet: NAME` and `// snippet-end` of this target's sources, by name.
///
/// The text is what stands between the marks, without the indentation that all its lines share.
enum SnippetSource {
    /// The name of the snippet that a page's block of Swift shows, word for word; nil if it shows none.
    ///
    /// A block may begin with imports that stand at the top of the snippet's file.
    static func name(of block: String) throws -> String? {
        let (imports, code) = splitting(block)
        return try all().first { _, snippet in
            splitting(snippet.text).code == code && imports.isSubset(of: snippet.imports)
        }?.key
    }

    static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Snippets")

    static func all() throws -> [String: (text: String, imports: Set<Substring>)] {
        var snippets: [String: (text: String, imports: Set<Substring>)] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) {
            let source = try String(contentsOf: file, encoding: .utf8)
            let imports = Set(source.split(separator: "\n").filter { $0.hasPrefix("import ") })
            for (name, text) in try read(source) {
                guard snippets.updateValue((text, imports), forKey: name) == nil else { throw SnippetError.twice(name) }
            }
        }
        return snippets
    }

    private static func read(_ source: String) throws -> [(String, String)] {
        var snippets: [(String, String)] = []
        var open: (name: String, lines: [Substring])?
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let mark = line.drop { $0 == " " }
            if mark.hasPrefix("// snippet: ") {
                if let open { throw SnippetError.unfinished(open.name) }
                open = (String(mark.dropFirst(12)), [])
            } else if mark == "// snippet-end" {
                guard let (name, lines) = open else { throw SnippetError.unfinished("snippet-end") }
                snippets.append((name, outdented(lines)))
                open = nil
            } else {
                open?.lines.append(line)
            }
        }
        if let open { throw SnippetError.unfinished(open.name) }
        return snippets
    }

    /// The imports at the top of `text`, and what follows them.
    private static func splitting(_ text: String) -> (imports: Set<Substring>, code: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let code = lines.drop { $0.isEmpty || $0.hasPrefix("import ") }
        return (Set(lines[..<code.startIndex].filter { !$0.isEmpty }), code.joined(separator: "\n"))
    }

    private static func outdented(_ lines: [Substring]) -> String {
        let indentation = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return lines.map { $0.dropFirst(indentation) }.joined(separator: "\n")
    }
}

enum SnippetError: Error {
    case twice(String)
    case unfinished(String)
}
