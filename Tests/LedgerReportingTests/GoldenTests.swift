import Foundation
import LedgerReporting
import Testing

/// Compares pages and documents with the files of `Golden`; `RUNLEDGER_UPDATE_GOLDEN=1` writes them anew.
@Suite("Golden reports")
struct GoldenTests {
    @Test("Bars, a cut-off answer and hostile texts look as agreed", arguments: [ReportFormat.html, .markdown])
    func bars(format: ReportFormat) throws {
        try compare(ReportFixtures.bars(), "bars", format)
    }

    @Test("Lines, a gap and sketched percentiles look as agreed", arguments: [ReportFormat.html, .markdown, .json])
    func lines(format: ReportFormat) throws {
        try compare(ReportFixtures.lines(), "lines", format)
    }

    @Test("An answer without rows looks as agreed", arguments: [ReportFormat.html, .markdown])
    func empty(format: ReportFormat) throws {
        try compare(ReportFixtures.empty(), "empty", format)
    }

    private func compare(_ report: Report, _ name: String, _ format: ReportFormat) throws {
        let rendered = String(decoding: report.rendered(as: format), as: UTF8.self)
        let golden = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Golden/\(name).\(format.fileExtension)")
        if ProcessInfo.processInfo.environment["RUNLEDGER_UPDATE_GOLDEN"] == "1" {
            try rendered.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(rendered == (try String(contentsOf: golden, encoding: .utf8)))
    }
}
