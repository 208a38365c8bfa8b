import Foundation

/// A page of the documentation, as much of its Markdown as the tests read.
struct Page: Sendable {
    /// A fenced block of code.
    struct Block: Sendable {
        /// The word behind the fence; empty where there is none.
        var language: String
        var text: String
        /// The name in the comment `<!-- snippet: NAME -->` above it.
        var name: String?
        /// The line of its fence, from 1.
        var line: Int
    }

    struct Link: Sendable {
        var text: String
        var target: String
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

    /// Where it is, from the root of the package.
    let path: String
    /// The headings, without their number signs.
    private(set) var headings: [String] = []
    /// The blocks of code, in order.
    private(set) var blocks: [Block] = []
    /// What stands in backticks between them.
    private(set) var code: [String] = []
    /// `[text](target)`.
    private(set) var links: [Link] = []

    init(_ path: String) throws {
        self.path = path
        var paragraph: [Substring] = []
        var name: String?
        var open: (language: Substring, indentation: Int, line: Int, lines: [Substring])?
        let text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.drop { $0 == " " }
            if let block = open {
                if content == "```" {
                    let lines = block.lines.map { $0.dropFirst(min(block.indentation, $0.prefix { $0 == " " }.count)) }
                    blocks.append(
                        Block(
                            language: String(block.language), text: lines.joined(separator: "\n"), name: name,
                            line: block.line))
                    (open, name) = (nil, nil)
                } else {
                    open?.lines.append(line)
                }
            } else if content.hasPrefix("```") {
                readText(paragraph)
                paragraph = []
                open = (content.dropFirst(3), line.count - content.count, index + 1, [])
            } else if line.hasPrefix("<!-- snippet: ") {
                name = String(line.dropFirst(14).prefix { $0 != " " })
            } else if line.isEmpty || line.hasPrefix("#") || content.hasPrefix("|") || content.hasPrefix("- ") {
                // What begins with any of these ends the paragraph before it.
                readText(paragraph)
                paragraph = [line]
                if line.hasPrefix("#") { headings.append(String(line.drop { $0 == "#" }.dropFirst())) }
            } else {
                paragraph.append(line)
            }
        }
        readText(paragraph)
        guard open == nil else { throw PageError(description: "\(path) ends within a block of code.") }
    }

    /// The pages there are: README and its like, `docs/`, and the articles of the libraries.
    static func paths() throws -> [String] {
        var paths = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"]
        for directory in ["docs", "Sources"] {
            let files = FileManager.default.enumerator(atPath: root.appending(path: directory).path)
            paths += (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }.sorted()
                .map { directory + "/" + $0 }
        }
        return paths
    }

    /// What a link to one of its headings has behind the `#`.
    var anchors: Set<String> {
        Set(
            headings.map { heading in
                String(heading.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) })
                    .replacing(" ", with: "-")
            })
    }

    private mutating func readText(_ lines: [Substring]) {
        let text = lines.map { $0.drop { $0 == " " } }.joined(separator: " ").replacing("\\|", with: "|")
        links += text.matches(of: /\[([^\]]+)\]\(([^)\s]+)\)/).map { match in
            Link(text: String(match.1), target: String(match.2))
        }
        code += text.matches(of: /``?([^`]+)``?/).map { String($0.1) }
    }
}

struct PageError: Error, CustomStringConvertible {
    var description: String
}
