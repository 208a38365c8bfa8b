import LedgerReporting
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

    @Test(
        "Placeholders stand for what is delivered",
        arguments: [
            ("{schedule}/{date}-{report}.{extension}", "nightly/2026-11-27-failures.md"),
            ("{slot}_{date}T{time}.{format}", "20261127T043000Z_2026-11-27T101500+0545.markdown"),
            ("a/b.{extension}", "a/b.md"),
        ])
    func expansion(_ template: String, _ path: String) throws {
        var artifact = Artifact.sample(body: "")
        artifact.format = .markdown
        artifact.slot = utc("2026-11-27T04:30:00.999Z")
        artifact.timeZone = zone("Asia/Kathmandu")
        #expect(try FileNameTemplate(template).path(of: artifact) == path)
    }

    @Test("The two hours that the clock shows twice have different names")
    func repeatedHour() throws {
        let template = try FileNameTemplate("{date}-{time}")
        let names = try ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map { slot in
            var artifact = Artifact.sample(body: "")
            artifact.slot = utc(slot)
            return try template.path(of: artifact)
        }
        #expect(names == ["2026-10-25-023000+0200", "2026-10-25-023000+0100"])
        var west = Artifact.sample(body: "")
        (west.timeZone, west.slot) = (zone("America/St_Johns"), utc("0042-01-01T00:00:00Z"))
        #expect(try template.path(of: west) == "0041-12-31-202908-0330")
        west.timeZone = zone("UTC")
        #expect(try template.path(of: west) == "0042-01-01-000000Z")
    }

    @Test(
        "A name keeps to its place in the path, whatever it is, and differs from every other",
        arguments: [
            ("..", "%2E."), ("../etc", "%2E.%2Fetc"), (".hidden", "%2Ehidden"), ("a b", "a%20b"), ("é", "%C3%A9"),
            ("a%20b", "a%2520b"), ("a\n", "a%0A"), ("a_b-c.d+e", "a_b-c.d+e"),
        ])
    func escaping(_ report: String, _ name: String) throws {
        #expect(try FileNameTemplate("{report}").path(of: .sample(report: report, body: "")) == name)
    }
}
