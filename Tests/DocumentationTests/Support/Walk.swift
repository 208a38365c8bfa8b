import Testing

/// A way through a page from its top to its end, on which every block of code has to be met.
///
/// A block that a walk does not expect ends it with an error: whoever adds one says here how it is tried.
struct Walk {
    let page: Page
    private var rest: ArraySlice<Page.Block>

    init(_ page: Page) {
        self.page = page
        rest = page.blocks[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The name in the comment above the next block.
    var nextName: String? { rest.first?.name }

    /// The next block, which must be in `language`; what becomes of it is the caller's to see.
    mutating func next(_ language: String) throws -> Page.Block {
        guard let block = rest.first else {
            throw PageError(description: "\(page.path) has no more blocks, where one of \(language) is expected.")
        }
        guard block.language == language else { throw unexpected(block, "\(language) is expected here") }
        rest.removeFirst()
        return block
    }

    /// Passes over a block that cannot be tried here.
    ///
    /// - Parameter reason: why not.
    mutating func skip(_ language: String, beginning: String, because reason: String) throws {
        let block = try next(language)
        guard block.text.hasPrefix(beginning) else { throw unexpected(block, "`\(beginning)` is skipped here") }
    }

    /// Passes over a block of Swift that is one of the snippets compiled and run here, word for word.
    mutating func nextSnippet() throws {
        let block = try next("swift")
        guard let name = try SnippetSource.name(of: block.text) else {
            throw unexpected(block, "a snippet of Tests/DocumentationTests/Snippets is expected")
        }
        #expect(block.name == nil || block.name == name)
    }

    /// Passes over a block of commands that build, or run for minutes, after a look whether the scripts are there and
    /// know the options.
    mutating func nextScripts() async throws {
        let block = try next("sh")
        for line in block.text.split(separator: "\n") {
            let command = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
            guard let script = command.first, script.hasPrefix("script/") else {
                throw unexpected(block, "only scripts of ours are expected here")
            }
            try #require(Repository.isScript(script), "\(page.path) runs \(script), which is not there")
            let options = try await Repository.options(of: [script])
            for option in command where option.hasPrefix("-") {
                #expect(options.contains(option), "\(page.path): \(script) does not know \(option)")
            }
        }
    }

    /// Ends it: every block must have been met.
    func end() throws {
        if let block = rest.first { throw unexpected(block, "no more blocks are expected") }
    }

    private func unexpected(_ block: Page.Block, _ expectation: String) -> PageError {
        PageError(
            description: """
                \(page.path):\(block.line): a block of `\(block.language)`, where \(expectation). Say in the page's walk how \
                it is tried, or why it cannot be.
                \(block.text)
                """)
    }
}
