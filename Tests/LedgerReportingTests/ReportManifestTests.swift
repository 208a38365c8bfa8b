import Foundation
import LedgerReporting
import Testing

@Suite("Manifest of a report")
struct ReportManifestTests {
    /// The manifest of `report` as a file of `format`, with what `change` makes of its members.
    private func manifest(
        _ report: Report, _ format: ReportFormat = .csv, _ change: (inout [String: Any]) -> Void = { _ in }
    ) throws -> ReportManifest {
        let json = Data(report.manifest(of: report.rendered(as: format), as: format))
        var members = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        change(&members)
        return try ReportManifest(json: try JSONSerialization.data(withJSONObject: members))
    }

    @Test("An answer that is the same differs in nothing, whatever the format", arguments: ReportFormat.allCases)
    func same(format: ReportFormat) throws {
        let report = try ReportFixtures.bars()
        let manifest = try manifest(report, format)
        var later = report
        later.generatedAt = ReportFixtures.time(1_000_000)
        later.version = "9.9.9"
        #expect(manifest.differences(from: later) == [])
        #expect(manifest.differences(of: report.rendered(as: format), from: later) == [])
    }

    @Test(
        "What the manifest says otherwise is named",
        arguments: [
            ("title", "Other", "`title` is \"Other\" in the manifest and \"Failures & <findings>\" in the answer."),
            ("row_count", 4, "`row_count` is 4 in the manifest and 3 in the answer."),
            ("truncated", false, "`truncated` is false in the manifest and true in the answer."),
            ("percentiles", "exact", "`percentiles` is \"exact\" in the manifest and not in the answer."),
            ("columns", nil, "`columns` is [{\"name\":\"node\",\"type\":\"text\""),
            ("note", "x", "`note` is \"x\" in the manifest and not in the answer."),
            ("rows_sha256", "0", "The rows differ: their SHA-256 was 0 and is "),
            ("report_sha256", "0", "The report's SQL has changed since: its SHA-256 was 0 and is "),
            ("generated_at", "2999-01-01T00:00:00.000000Z", "`generated_at`, 2999-01-01T00:00:00.000000Z, has not"),
        ] as [(String, (any Sendable)?, String)])
    func members(name: String, value: (any Sendable)?, sentence: String) throws {
        let report = try ReportFixtures.bars()
        let manifest = try manifest(report) { $0[name] = value }
        let differences = manifest.differences(from: report)
        #expect(differences.count == 1)
        #expect(differences.first?.hasPrefix(sentence) == true, "\(differences)")
    }

    @Test("A parameter that is left out or another one is named")
    func parameters() throws {
        let report = try ReportFixtures.bars()
        let manifest = try manifest(report) { $0["parameters"] = ["node": "PLAN"] }
        #expect(
            manifest.differences(from: report) == [
                "`parameters.node` is \"PLAN\" in the manifest and null in the answer.",
                "`parameters.since` is \"2025-11-18T00:00:00.250000Z\" in the answer and not in the manifest.",
            ])
    }

    @Test("A forged file is found though the manifest has its SHA-256, and a page of another time too")
    func files() throws {
        let report = try ReportFixtures.bars()
        var forged = report.rendered(as: .csv)
        forged[forged.count - 3] ^= 1
        let withForged = try manifest(report) { $0["file_sha256"] = Report.sha256(of: forged) }
        #expect(withForged.differences(from: report) == [])
        let differences = withForged.differences(of: forged, from: report)
        #expect(differences.count == 1)
        #expect(differences.first?.hasPrefix("The file is not the answer as csv, from line ") == true)
        let changed = try manifest(report).differences(of: forged, from: report)
        #expect(changed.first?.hasPrefix("The file is not the one that was kept: its SHA-256 was ") == true)
        for (name, value) in [("generated_at", "2025-11-18T00:00:00Z"), ("version", "0.0.9")] {
            let manifest = try manifest(report, .json) { $0[name] = value }
            let file = report.rendered(as: .json)
            #expect(
                manifest.differences(of: file, from: report).first
                    == "The file is not the answer as json, from line 1 on (\(file.count) bytes, not \(file.count)).")
        }
    }

    @Test("A list is asked again with each of its elements")
    func lists() throws {
        var report = try ReportFixtures.empty()
        report.arguments.append(("nodes", .texts(["A", "B"])))
        let arguments = try manifest(report).arguments
        #expect(
            arguments.map { "\($0.name)=\($0.text)" }
                == ["nodes=A", "nodes=B", "since=2025-11-18T00:00:00.250000Z"])
    }

    @Test(
        "What is no manifest is refused with what is wrong",
        arguments: [
            ("[]", "The manifest is no JSON object."), ("null", "The manifest is no JSON object."),
            ("x", "The manifest is no JSON object."), ("{}", "The manifest has no `report`."),
        ])
    func refused(json: String, message: String) {
        let error = #expect(throws: ReportError.self) { try ReportManifest(json: Data(json.utf8)) }
        #expect(error?.code == .badManifest)
        #expect(error?.message == message)
    }

    @Test(
        "A member of another kind than runledger writes is named",
        arguments: [
            ("report", 5, "`report` of the manifest is of another type than runledger writes."),
            (
                "parameters", ["node": ["a": 1]],
                "`parameters.node` of the manifest is of another type than runledger writes."
            ),
            ("format", nil, "The manifest has no `format`."),
            ("format", "xml", "`format` of the manifest is none that runledger writes."),
            ("as_of_position", -1, "`as_of_position` of the manifest is no position."),
            ("ledger_id", "x", "`ledger_id` of the manifest is no UUID."),
            ("generated_at", "x", "`x` in the manifest is no time."),
        ] as [(String, (any Sendable)?, String)])
    func members(refused name: String, value: (any Sendable)?, message: String) throws {
        let report = try ReportFixtures.bars()
        let error = #expect(throws: ReportError.self) { try manifest(report) { $0[name] = value } }
        #expect(error?.message == message)
    }
}
