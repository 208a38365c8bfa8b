import Testing

@testable import LedgerService

@Suite("Accept")
struct AcceptanceTests {
    private static let types = [
        "application/json", "text/plain; charset=utf-8", "text/csv; charset=utf-8; header=present",
        "text/html; charset=utf-8",
    ]

    @Test(
        "The best type is the one with the highest weight, then the most precisely named, then our first",
        arguments: [
            ("*/*", 0), ("application/*", 0), ("text/*", 1), ("text/csv", 2), ("TEXT/CSV", 2),
            ("text/html, */*", 3), ("text/csv;q=0.5, text/html", 3), ("text/csv, text/html;q=0.999", 2),
            ("text/html;q=0.1, application/json;q=0.2", 0), ("text/html,application/xml;q=0.9,*/*;q=0.8", 3),
            ("text/html, application/json", 0), ("*/*, application/json;q=0", 1), ("text/*;q=0, */*;q=0.1", 0),
            ("text/*, text/plain;q=0", 2), ("text/csv;header=present", 2), ("text/csv;header=\"present\"", 2),
            ("text/html;charset=UTF-8", 3), ("application/json; charset=utf-8", 0),
            ("text/csv;header=present;q=0, text/csv, text/html;q=0.1", 3), ("text/csv ; q=0.2 , text/html ; q=0.3", 3),
            ("text/csv;q=2, text/html;q=0.1", 3), ("x, , text/html", 3), ("a/b;c=\"d,text/csv\", text/html", 3),
            ("text/html;q=1.", 3),
        ])
    func best(field: String, index: Int) {
        #expect(Acceptance(field).best(of: Self.types) == index)
    }

    @Test(
        "Nothing is acceptable where every type is excluded or none is named",
        arguments: [
            "", "image/png", "*/*;q=0", "text/csv;header=absent", "text/csv;q=0.0", "*/csv", "text", "text/csv;q=1.5",
            "application/json;q=0",
        ])
    func none(field: String) {
        #expect(Acceptance(field).best(of: Self.types) == nil)
    }
}
