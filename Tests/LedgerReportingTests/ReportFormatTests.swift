import LedgerReporting
import Testing

@Suite("Report formats")
struct ReportFormatTests {
    @Test("Every format ends with a line end, also without rows", arguments: ReportFormat.allCases)
    func lineEnd(format: ReportFormat) throws {
        #expect(try ReportFixtures.bars().rendered(as: format).last == UInt8(ascii: "\n"))
        let empty = try ReportFixtures.empty().rendered(as: format)
        #expect(empty.last == UInt8(ascii: "\n") || format == .ndjson && empty.isEmpty)
    }

    @Test("Names, file extensions and media types are the documented ones")
    func names() {
        #expect(ReportFormat.allCases.map(\.rawValue) == ["table", "json", "ndjson", "csv", "markdown", "html"])
        #expect(ReportFormat.allCases.map(\.fileExtension) == ["txt", "json", "ndjson", "csv", "md", "html"])
        #expect(
            ReportFormat.allCases.map(\.mediaType) == [
                "text/plain; charset=utf-8", "application/json", "application/x-ndjson",
                "text/csv; charset=utf-8; header=present", "text/markdown; charset=utf-8", "text/html; charset=utf-8",
            ])
    }

    @Test("JSON says how percentiles came about only where it is known")
    func percentiles() throws {
        let sketched = String(decoding: try ReportFixtures.lines().json, as: UTF8.self)
        #expect(sketched.hasSuffix(#""truncated":false,"percentiles":"sketched"}"#))
        #expect(String(decoding: try ReportFixtures.bars().json, as: UTF8.self).hasSuffix(#""truncated":true}"#))
    }
}
