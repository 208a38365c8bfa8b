import LedgerReporting
import Testing
import WorkflowEvents

@Suite("Arguments of a report")
struct ReportArgumentTests {
    private static let now = Timestamp(rfc3339: "2025-11-18T12:00:00Z")!

    private let definition: ReportDefinition

    init() throws {
        definition = try ReportDefinition(file: "r.sql", text: Self.text)
    }

    private static let text = """
        -- title: T
        -- description: D
        -- parameter: since timestamp | S.
        -- parameter: limit integer | L.
        -- parameter: share number = 0.5 | H.
        -- parameter: exact boolean = false | E.
        -- parameter: older_than duration = 1h | O.
        -- parameter: unit text (hour, day) = day | U.
        -- parameter: names texts | N.
        -- parameter: metric text required | Which metric.
        -- parameter: from_ts timestamp = 7d | F.
        -- column: n integer
        select 1 as n where (:since, :limit, :share, :exact, :older_than, :unit, :names, :metric, :from_ts) is null
        """

    private func parsed(_ name: String, _ text: String) throws(ReportError) -> ReportValue? {
        let texts = [(name: name, text: text)] + (name == "metric" ? [] : [(name: "metric", text: "m")])
        return try ReportArguments.parse(texts, for: definition, now: Self.now)[name]
    }

    @Test("Texts become values of the parameters' types")
    func values() throws {
        #expect(
            try parsed("since", "2025-11-18T12:00:00+01:00") == .timestamp(Timestamp(rfc3339: "2025-11-18T11:00:00Z")!))
        #expect(try parsed("since", "2025-11-17") == .timestamp(Timestamp(rfc3339: "2025-11-17T00:00:00Z")!))
        #expect(try parsed("since", "90m") == .timestamp(Timestamp(rfc3339: "2025-11-18T10:30:00Z")!))
        #expect(try parsed("since", "2w") == .timestamp(Timestamp(rfc3339: "2025-11-04T12:00:00Z")!))
        #expect(try parsed("limit", "10") == .integer(10))
        #expect(try parsed("share", "-1.5e3") == .number(-1500))
        #expect(try parsed("exact", "true") == .boolean(true))
        #expect(try parsed("unit", "hour") == .text("hour"))
        #expect(try parsed("metric", "") == .text(""))
        let duration = try #require(try parsed("older_than", "36h"))
        #expect(duration == .duration(try #require(TimeSpan("36h"))))
        var json: [UInt8] = []
        duration.appendJSON(to: &json)
        #expect(String(decoding: json, as: UTF8.self) == #""36h""#)
    }

    @Test("Spans of time are whole numbers of seconds, minutes, hours, days or weeks")
    func spans() {
        #expect(
            ["90s", "15m", "24h", "7d", "2w", "0s"].map { TimeSpan($0)?.seconds } == [
                90, 900, 86_400, 604_800, 1_209_600, 0,
            ])
        for text in ["", "s", "5", "5 m", "-5m", "+5m", "1.5h", "5M", "٥m", "99999999999w"] {
            #expect(TimeSpan(text) == nil, "\(text)")
        }
    }

    @Test("What is not given takes its default, a relative time included, or null")
    func defaults() throws {
        let arguments = try ReportArguments.parse([("metric", "m")], for: definition, now: Self.now)
        #expect(
            arguments == [
                "since": nil, "limit": nil, "share": 0.5, "exact": .boolean(false),
                "older_than": .duration(try #require(TimeSpan("1h"))), "unit": "day", "names": nil, "metric": "m",
                "from_ts": .timestamp(Timestamp(rfc3339: "2025-11-11T12:00:00Z")!),
            ])
    }

    @Test("A list takes every value that is given, in order")
    func lists() throws {
        let texts = [("names", "b"), ("metric", "m"), ("names", "a")]
        let arguments = try ReportArguments.parse(texts, for: definition, now: Self.now)
        #expect(arguments["names"] == .texts(["b", "a"]))
    }

    @Test(
        "What is wrong is told by the parameter's name, and never with the value",
        arguments: [
            ("since", "yesterday", "must be a time as in 2025-11-18T12:00:00Z, a date, or how long ago"),
            ("since", "2025-13-01", "must be a time"), ("limit", "ten", "must be a whole number, 1 or more"),
            ("limit", "0", "must be a whole number, 1 or more"), ("limit", "99999999999999999999", "must be a whole"),
            ("share", "nan", "must be a number"), ("share", "0x10", "must be a number"),
            ("share", "1e999", "must be a number"), ("exact", "yes", "must be true or false"),
            ("older_than", "1 hour", "must be a length of time"), ("unit", "week", "must be one of hour, day"),
            ("metric", "a\0b", "must be text without a NUL character"),
        ])
    func wrong(name: String, text: String, message: String) {
        let error = #expect(throws: ReportError.self) { try parsed(name, text) }
        #expect(error?.code == .badArgument)
        #expect(error?.message.hasPrefix("The parameter `\(name)` of report `r` \(message)") == true)
        #expect(error?.message.contains(text) == false)
    }

    @Test("A name that is unknown, given twice or missing is refused")
    func names() {
        func message(_ texts: [(String, String)]) -> String? {
            #expect(throws: ReportError.self) {
                try ReportArguments.parse(texts, for: definition, now: Self.now)
            }?.message
        }
        #expect(
            message([("metrik", "m")])?.hasPrefix("The report `r` has no parameter `metrik`; there are since,") == true)
        #expect(
            message([("metric", "m"), ("metric", "n")]) == "The parameter `metric` of report `r` is given twice.")
        #expect(message([]) == "The report `r` needs a value for `metric`: Which metric.")
    }
}
