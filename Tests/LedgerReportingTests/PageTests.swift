import Foundation
import LedgerReporting
import Testing
import WorkflowEvents

@Suite("A report as a page")
struct PageTests {
    private func page(of texts: String...) throws -> String {
        try ReportFixtures.report(
            ["node text", "n integer", "issues texts"], chart: "bar node n",
            rows: texts.map { [.text($0), .integer(1), .texts([$0])] }
        ).html
    }

    @Test("No text of an event is interpreted, in the table, the chart or an attribute")
    func hostile() throws {
        let page = try page(of: ReportFixtures.hostile)
        #expect(!page.contains("<script"))
        #expect(!page.contains("<img"))
        #expect(page.contains("&lt;script&gt;document.title=&quot;pwned&quot;&lt;/script&gt;"))
        #expect(page.contains("&amp;amp;"))
    }

    @Test("A combining mark behind a sign does not keep it from being escaped", arguments: ["<", ">", "&", "\"", "'"])
    func combiningMark(sign: String) throws {
        let page = try page(of: "a\(sign)\u{301} onload=x")
        let scalars = Array(page.unicodeScalars)
        for index in scalars.indices where scalars[index] == "\u{301}" { #expect(scalars[index - 1] == ";") }
    }

    @Test("Control characters but line ends are spaces, and no text is turned around")
    func control() throws {
        let page = try page(of: "a\u{1B}[2J\u{0}b\r\nc\rd\u{202E}e\u{2066}f\u{2028}g")
        #expect(page.contains("a [2J b\nc d e f g"))
        #expect(page.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test("It loads nothing, runs nothing, and says so to the browser")
    func selfContained() throws {
        let page = try ReportFixtures.bars().html
        let policy = "default-src 'none'; style-src 'unsafe-inline'"
        #expect(page.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">"))
        for part in [
            "<script", "<link", "<img", "<iframe", "url(", "@import", "href=", "src=x>", "http://", "https://",
        ] {
            #expect(!page.contains(part), "\(part)")
        }
    }

    @Test("It says what it answers to")
    func facts() throws {
        let report = try ReportFixtures.bars()
        let page = report.html
        for fact in [
            "<h1>Failures &amp; &lt;findings&gt;</h1>", "<dt>As of position</dt><dd>1234567</dd>",
            "0193a1c2-7d4e-7a10-9b6f-2f6d3a5e8c11", report.rowsSHA256, report.definition.sha256,
            "2025-11-18 00:00:00.25 UTC", "<dd class=\"nothing\">not set</dd>", "2025-11-21 00:00:00 UTC",
            "Not complete: the answer was cut off after 3 rows.", "runledger \(Release.version) made this page.",
            "docs/reports.md of runledger has the exact rule.",
        ] {
            #expect(page.contains(fact), "\(fact)")
        }
        #expect(!page.contains("Percentiles"))
        #expect(try ReportFixtures.lines().html.contains("<dt>Percentiles</dt><dd>sketched</dd>"))
        #expect(try !ReportFixtures.lines().html.contains("Not complete"))
    }

    @Test("Without rows it says so in words and draws nothing")
    func empty() throws {
        let page = try ReportFixtures.empty().html
        #expect(page.contains("No rows: nothing in the ledger up to position 1234567 answers this question."))
        #expect(!page.contains("<svg"))
        #expect(!page.contains("<table"))
    }

    @Test("No template writes a text without escaping it")
    func templates() throws {
        let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/LedgerReporting/Rendering/Templates")
        let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        #expect(files.count == 5)
        for file in files {
            let template = try String(contentsOf: file, encoding: .utf8)
            #expect(template.firstMatch(of: /\{\{\s*(\{|&|%|=)/) == nil, "\(file.lastPathComponent)")
        }
    }
}
