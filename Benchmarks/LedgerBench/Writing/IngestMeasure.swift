import Foundation
import Subprocess
import SystemPackage
import WorkflowEvents
import WorkflowEventsPostgres

/// `runledger ingest` of a file of 250,000 lines: how much of the wall time the client itself computes.
struct IngestMeasure {
    let bench: Workbench
    let runledger: String
    let pairs: Int

    private static let lineCount = 250_000
    /// `RUSAGE_CHILDREN`, which C libraries type differently.
    private static let children: Int32 = -1

    func run() async throws -> [ResultRow] {
        var shares: [Double] = []
        var rates: [Double] = []
        for pair in 0..<pairs {
            let file = bench.directory.appending(path: "ingest-\(pair).ndjson")
            var lines: [UInt8] = []
            for event in bench.events(Self.lineCount, label: "f\(pair)") {
                EventJSONWriter.append(event, to: &lines)
                lines.append(UInt8(ascii: "\n"))
            }
            try Data(lines).write(to: file)
            try await bench.settle()
            let before = Self.childSeconds()
            let wall = try await seconds {
                let result = try await Subprocess.run(
                    .path(.init(runledger)),
                    arguments: ["ingest", file.path(), "--database-url", bench.database.url],
                    output: .string(limit: 4096), error: .string(limit: 4096))
                guard result.terminationStatus.isSuccess else {
                    throw BenchError("ingest: \(result.standardError)")
                }
            }
            // Only the command has ended as a child since: psql and the server are no children of this loop.
            shares.append((Self.childSeconds() - before) / wall)
            rates.append(Double(Self.lineCount) / wall)
            try FileManager.default.removeItem(at: file)
        }
        return [
            ResultRow(
                what: "`runledger ingest` of 250,000 lines", figure: "\(fixed(shares.median * 100, 0)) % client CPU",
                ceiling: "\(grouped(rates.median)) lines/s", ratio: fixed(shares.median),
                goal: "under 0.5 of the wall time", isMet: shares.median < 0.5)
        ]
    }

    private static func childSeconds() -> Double {
        var usage = rusage()
        getrusage(Self.children, &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
