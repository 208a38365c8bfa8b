import Foundation

/// The snippets between `// snippet: NAME` and `// snippet-end` of this target's sources, by name.
///
/// The text is what stands between the marks, without the indentation that all its lines share.
enum SnippetSource {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Snippets")

    static func all() throws -> [String: String] {
        var snippets: [String: String] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) {
            for (name, text) in try read(String(contentsOf: file, encoding: .utf8)) {
                guard snippets.updateValue(text, forKey: name) == nil else { throw SnippetError.twice(name) }
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

    private static func outdented(_ lines: [Substring]) -> String {
        let indentation = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return lines.map { $0.dropFirst(indentation) }.joined(separator: "\n")
    }
}

enum SnippetError: Error {
    case twice(String)
    case unfinished(String)
}
