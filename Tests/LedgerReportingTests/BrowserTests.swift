import Foundation
import LedgerReporting
import LedgerTestSupport
import Subprocess
import Testing

@Suite("Pages in a browser", .enabled(if: Browser.isInstalled, "Chromium is missing: script/setup --tests"))
struct BrowserTests {
    @Test("A page with a hostile issue is drawn, and nothing in it runs")
    func hostile() async throws {
        try await Browser.withPage(ReportFixtures.bars().html) { browser in
            let document = try await browser.run("--dump-dom")
            #expect(document.contains("<title>Failures &amp; &lt;findings&gt; · as of position 1234567</title>"))
            #expect(!document.contains("<script>"))
            #expect(!document.contains("<img"))
            let picture = try await browser.screenshot(width: 1280, height: 900)
            #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            #expect(picture.count > 10_000)
        }
    }

    @Test("A page with every hostile text in the table, the chart and the title runs nothing and complains of nothing")
    func hostileTexts() async throws {
        let rows: [[ReportValue]] = HostileText.texts.enumerated().map { index, text in
            [.text(text), .integer(Int64(index)), .texts([text, text])]
        }
        let page = try ReportFixtures.report(
            ["node text", "n integer", "issues texts"], chart: "bar node n", rows: rows
        ).html
        try await Browser.withPage(page) { browser in
            let document = try await browser.run("--dump-dom")
            #expect(document.contains("<title>Failures &amp; &lt;findings&gt; · as of position 1234567</title>"))
            #expect(!document.contains(/<(script|img|iframe|object|embed|link|base|form)/))
            #expect(!document.contains(/<[^>]* on[a-z]+=/))
            let complaints = try await browser.console()
            #expect(complaints == [])
        }
        // It would tell.
        try await Browser.withPage(page.replacing("</body>", with: "<script>1</script></body>")) { browser in
            let complaints = try await browser.console()
            #expect(complaints.count == 1)
        }
    }

    @Test("On a phone a page is no wider than the screen")
    func phone() async throws {
        // The page in a frame as wide as a phone: a browser's window has a least width. The frame may run what the page
        // may not, and says what it measures.
        let page = try ReportFixtures.lines().html
        try await Browser.withPage(page) { browser in
            let measuring = """
                <iframe src="page.html" style="width:390px;height:800px;border:0" onload="
                const root = frames[0].document.documentElement;
                document.title = root.scrollWidth + ' ' + frames[0].getComputedStyle(
                    root.querySelector('.narrow')).display"></iframe>
                """
            let document = try await browser.run("--allow-file-access-from-files", "--dump-dom", page: measuring)
            #expect(document.contains("<title>390 block</title>"), "\(document.prefix(400))")
        }
    }
}
