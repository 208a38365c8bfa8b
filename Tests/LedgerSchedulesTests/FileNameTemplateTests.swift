import LedgerSchedules
import Testing

@Suite("File name templates")
struct FileNameTemplateTests {
    @Test(
        "A template that could leave its directory or is malformed is refused",
        arguments: [
            ("/{slot}", "`/{slot}` is absolute; a file name begins below its directory"),
            ("../{slot}", "`../{slot}` could leave its directory through `..`"),
            ("a/../{slot}", "`a/../{slot}` could leave its directory through `..`"),
            ("./{slot}", "`./{slot}` could leave its directory through `.`"),
            ("a//{slot}", "`a//{slot}` has an empty part"),
            ("{slot}/", "`{slot}/` has an empty part"),
            ("", "`` has an empty part"),
            (
                "{day}",
                "`{day}` is no placeholder; they are {schedule} {report} {slot} {date} {time} {format} {extension}"
            ),
            ("a-{slot", "`{slot` has no closing brace"),
            ("{slot}}", "`}` may not stand in a file name; letters, digits and -_.+=@, may"),
            ("a b", "` ` may not stand in a file name; letters, digits and -_.+=@, may"),
            ("a\\b", "`\\` may not stand in a file name; letters, digits and -_.+=@, may"),
            ("a%2F", "`%` may not stand in a file name; letters, digits and -_.+=@, may"),
            ("é", "`é` may not stand in a file name; letters, digits and -_.+=@, may"),
            ("a\u{0}", "`\u{0}` may not stand in a file name; letters, digits and -_.+=@, may"),
        ])
    func refused(_ text: String, _ reason: String) {
        #expect(message { () throws(ScheduleError) in _ = try FileNameTemplate(text) } == reason)
    }

    @Test("A template has at most 512 bytes")
    func length() throws {
        let text = String(repeating: "a", count: 512)
        #expect(try FileNameTemplate(text).text == text)
        let reason = "a file name template has at most 512 bytes"
        #expect(message { () throws(ScheduleError) in _ = try FileNameTemplate(text + "a") } == reason)
    }
}
