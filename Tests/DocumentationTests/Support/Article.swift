import Foundation

/// The DocC article that tells the guide in Swift.
struct Article {
    /// A fenced block of code, with the name in the comment above it.
    struct Block: Equatable {
        var name: String?
        var language: String
        var text: String
    }

    static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Sources/WorkflowEvents/WorkflowEvents.docc/Guide.md")

    /// The headings, without their number signs.
    var headings: [String] = []
    /// The blocks of code, in order.
    var blocks: [Block] = []

    init() throws {
        var name: String?
        var block: (language: String, lines: [Substring])?
        for line in try String(contentsOf: Self.file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if let (language, lines) = block {
                if line == "```" {
                    blocks.append(Block(name: name, language: language, text: lines.joined(separator: "\n")))
                    (name, block) = (nil, nil)
                } else {
                    block = (language, lines + [line])
                }
            } else if line.hasPrefix("```") {
                block = (String(line.dropFirst(3)), [])
            } else if line.hasPrefix("<!-- snippet: ") {
                name = String(line.dropFirst(14).prefix { $0 != " " })
            } else if line.hasPrefix("#") {
                headings.append(String(line.drop { $0 == "#" }.dropFirst()))
            }
        }
    }
}
