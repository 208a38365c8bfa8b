import Foundation
import LedgerTestSupport
import Testing

/// What the pages show and say is so: each page is walked through from its top to its end, and every block of code on it
/// is run, compiled, compared or, with a reason, passed over.
@Suite("The documentation", .timeLimit(.minutes(3)))
struct PageTests {
    @Test("What a page shows is what happens", arguments: try Page.paths())
    func blocks(of path: String) async throws {
        var walk = Walk(try Page(path))
        switch path {
        case "README.md": try await walk.readme()
        case "ARCHITECTURE.md": try walk.skip("", beginning: "commit ─ wake", because: "it is a drawing")
        case "docs/clients.md": try await walk.clients()
        case "docs/operating.md": try await walk.operating()
        case "docs/reports.md": try await walk.reports()
        case "docs/schedules.md": try await walk.schedules()
        case "docs/settings.md": try await walk.settings()
        case "Sources/WorkflowEvents/WorkflowEvents.docc/Guide.md": try walk.article()
        default: while !walk.isAtEnd { try await walk.nextScripts() }
        }
        try walk.end()
    }

    @Test("Every snippet of Swift that is compiled here is on a page")
    func snippets() throws {
        let shown = try Page.paths().flatMap { try Page($0).blocks }.filter { $0.language == "swift" }
            .compactMap { try SnippetSource.name(of: $0.text) }
        #expect(Set(shown) == Set(try SnippetSource.all().keys))
    }

    @Test("Links lead to files and headings that are there", arguments: try Page.paths())
    func links(of path: String) throws {
        let page = try Page(path)
        for link in page.links where !link.target.contains("://") {
            let parts = link.target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            let target =
                parts[0].isEmpty
                ? path
                : URL(filePath: "/" + path).deletingLastPathComponent().appending(path: parts[0]).standardized.path
            #expect(Repository.exists(target), "\(path) links to \(link.target)")
            if parts.count == 2, target.hasSuffix(".md") {
                let anchors = try Page(target).anchors
                #expect(anchors.contains(parts[1]), "\(path) links to \(link.target), whose headings are \(anchors)")
            }
            if target.contains("/Tests/"), target.hasSuffix(".swift") {
                let source = try Repository.text(target)
                let isNamed =
                    ["@Test", "@Suite"].contains { source.contains("\($0)(\"\(link.text)\"") }
                    || source.contains("\n        \"\(link.text)\"")
                #expect(isNamed, "\(path): \(target) has no test \"\(link.text)\"")
            }
        }
    }

    @Test("The library's overview links to symbols and articles that are there")
    func symbols() async throws {
        let directory = "Sources/WorkflowEvents/WorkflowEvents.docc/"
        let kinds = "(struct|class|enum|protocol|actor|func|typealias)"
        let declared = try await Repository.words("\(kinds) [A-Za-z0-9_]+", in: ["Sources/WorkflowEvents"])
            .compactMap { $0.split(separator: " ").last }
        let overview = try Repository.text(directory + "WorkflowEvents.md")
        let symbols = overview.matches(of: /- ``(\w+)/).map(\.1)
        #expect(symbols.count > 20)
        for symbol in symbols { #expect(declared.contains(symbol)) }
        for article in overview.matches(of: /<doc:(\w+)>/) { #expect(Repository.exists(directory + article.1 + ".md")) }
    }

    @Test("Every line that runs the command can be parsed, on the pages and in the command's own help")
    func commands() async throws {
        let grammar = try await CommandGrammar.load()
        var lines: [(place: String, line: String)] = []
        for path in try Page.paths() {
            let page = try Page(path)
            let shown = page.blocks.filter { ["sh", "console"].contains($0.language) }
                .flatMap { $0.text.split(separator: "\n").map(String.init) }
            lines += (page.code + shown.map { $0.hasPrefix("$ ") ? String($0.dropFirst(2)) : $0 })
                .filter { $0.contains(/^([A-Z_]+=\S+ )*runledger( |$)/) }.map { (path, $0) }
        }
        for command in grammar.command.all {
            lines += (command.discussion ?? "").split(separator: "\n").filter { $0.hasPrefix("  runledger ") }
                .map { ("\(command.commandName) --help", String($0.dropFirst(2))) }
        }
        #expect(lines.count > 50)
        for (place, line) in lines {
            let mistake = grammar.mistake(in: line)
            #expect(mistake == nil, "\(place): \(line)")
        }
    }

    @Test("Options, variables and paths that a page names are there")
    func names() async throws {
        let options = try await CommandGrammar.load().options
            .union(Repository.options(of: Repository.scripts()))
        // Variables of settings are made of the settings' keys.
        let keys = try await Repository.words("\"[a-z][a-z.-]+\"", in: ["Sources/runledger/Options"])
            .map { "RUNLEDGER_" + $0.uppercased().filter { $0 != "\"" }.replacing(".", with: "_") }
        let variables = try await Repository.words("RUNLEDGER_[A-Z_]+", in: ["Sources"]).union(keys)
        for page in try Page.paths().map(Page.init) {
            for code in page.code {
                if let option = code.firstMatch(of: /^--[a-z][a-z-]*/)?.output {
                    #expect(options.contains(String(option)), "\(page.path)")
                }
                for variable in code.matches(of: /\bRUNLEDGER_[A-Z_]+/) {
                    #expect(variables.contains(String(variable.output)), "\(page.path)")
                }
                if let name = code.firstMatch(of: Self.ownPath)?.1 {
                    let isThere = Repository.exists(String(name)) || Repository.begins(String(name))
                    #expect(isThere, "\(page.path) names \(name)")
                }
            }
        }
    }

    /// The path of a file or directory of the package, or the beginning of one, as `migrations/0014`.
    private static var ownPath: Regex<(Substring, Substring)> {
        #/^((?:Sources|Tests|Benchmarks|Faults|Plugins|docs|script|migrations|reports)\/[\w.\/+-]+)(?: |$)/#
    }
}

/// The page for those who come from the usage guide.
@Suite("The way from the guide")
struct GuidePageTests {
    @Test("Every row on a section of the guide names a test that holds it")
    func rows() throws {
        let lines = try Repository.text("docs/guide.md").split(separator: "\n")
        let sections = try #require(lines.firstIndex(of: "## Section by section"))
        let rows = lines[sections...].filter { $0.hasPrefix("| ") && !$0.hasPrefix("| the guide says") }
        #expect(rows.count >= 30)
        for row in rows { #expect(row.contains("](../Tests/"), "\(row)") }
    }
}
