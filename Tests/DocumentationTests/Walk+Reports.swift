import Foundation
import LedgerTestSupport
import Testing

extension Walk {
    mutating func reports() async throws {
        let rows = [try next("jsonl").text, try next("jsonl").text]
        let report = try next("sql").text
        let page = page
        try await withWorkshop { workshop in
            try await workshop.run("runledger migrate up")
            let sums = page.code.filter { $0.wholeMatch(of: /[0-9a-f]{64}/) != nil }
            for (index, text) in rows.enumerated() {
                try workshop.write(text + "\n", to: "rows")
                #expect(try await workshop.run("sha256sum rows || shasum -a 256 rows").hasPrefix(sums[index]))
            }

            try FileManager.default.createDirectory(
                atPath: workshop.directory + "/mine", withIntermediateDirectories: false)
            try workshop.write(report, to: "mine/longest-runs.sql")
            try workshop.write(Self.history, to: "events.ndjson")
            try await workshop.run("runledger ingest events.ndjson")
            let answer = try await workshop.run(
                "runledger report longest-runs --reports-dir mine --format csv --set since=2025-01-01")
            #expect(answer == "run_id,duration_ms,failures\r\nlong,3600000,0\r\n")

            let catalogue = try JSONDecoder().decode(
                Catalogue.self, from: Data(try await workshop.run("runledger report list --format json").utf8))
            #expect(catalogue.reports.count >= 15)
            for report in catalogue.reports {
                try page.describes(report)
            }
        }
    }

    /// A run of an hour, and one of a minute.
    private static let history = """
        {"ts":"2025-11-18T12:00:00Z","run_id":"long","node":"REVIEW","phase":"start"}
        {"ts":"2025-11-18T13:00:00Z","run_id":"long","node":"REVIEW","phase":"end","duration_ms":3600000}
        {"ts":"2025-11-18T12:00:00Z","run_id":"short","node":"REVIEW","phase":"start"}
        {"ts":"2025-11-18T12:01:00Z","run_id":"short","node":"REVIEW","phase":"end","duration_ms":60000}

        """
}

/// What `report list --format json` says.
private struct Catalogue: Decodable {
    struct Named: Decodable {
        var name: String
    }
    struct Report: Decodable {
        var name: String
        var columns: [Named]
        var parameters: [Named]
    }
    var reports: [Report]
}

extension Page {
    /// The row of the page's table on a report names all of its columns, in order, and its parameters.
    fileprivate func describes(_ report: Catalogue.Report) throws {
        let lines = try Repository.text(path).split(separator: "\n")
        let row = try #require(lines.first { $0.hasPrefix("| `\(report.name)` |") }, "no row on \(report.name)")
        let cells = row.replacing("\\|", with: "¦").split(separator: "|").map {
            $0.matches(of: /`([^`]+)`/).map { String($0.1) }
        }
        let columns = report.columns.map(\.name)
        #expect(cells[3].filter(columns.contains) == columns, "\(report.name)")
        let usual: Set = ["since", "until", "node", "limit", "exact"]
        for name in report.parameters.map(\.name) where !usual.contains(name) {
            #expect(cells[2].contains(name), "\(report.name) takes \(name)")
        }
    }
}
