import EventLedger
import Foundation
import LibPQ
import Subprocess
import WorkflowEvents
import WorkflowEventsPostgres

/// Two producers on a batch writer, sequencing included, beside two concurrent binary `psql \copy` of as many rows.
struct WriterMeasure {
    let bench: Workbench
    let pairs: Int
    let rows: Int

    private static let batchCount = 10_000

    func run() async throws -> [ResultRow] {
        var ours: [Double] = []
        var theirs: [Double] = []
        for pair in 0..<pairs {
            theirs.append(try await copy(pair))
            ours.append(try await write(pair))
        }
        let ratio = zip(ours, theirs).map { $1 / $0 }.median
        let total = Double(2 * rows)
        return [
            ResultRow(
                what: "batch writer, two producers, sequencing included",
                figure: "\(grouped(total / ours.median)) rows/s",
                ceiling: "\(grouped(total / theirs.median)) rows/s, two binary `psql \\copy`",
                ratio: fixed(ratio), goal: "at least 0.9", isMet: ratio >= 0.9)
        ]
    }

    private func write(_ pair: Int) async throws -> Double {
        let producers = (0..<2).map { bench.events(rows, label: "w\(pair)-\($0)") }
        try await bench.settle()
        return try await bench.withPool { pool in
            try await withBatchWriter(bench.database, pool: pool, logger: bench.logger) { writer in
                try await seconds {
                    try await withThrowingTaskGroup { group in
                        for events in producers {
                            group.addTask {
                                for start in stride(from: 0, to: events.count, by: Self.batchCount) {
                                    let end = min(start + Self.batchCount, events.count)
                                    _ = try await writer.append(Array(events[start..<end]))
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    _ = try await Ledger(pool: pool).sequence()
                }
            }
        }
    }

    private func copy(_ pair: Int) async throws -> Double {
        var files: [URL] = []
        for producer in 0..<2 {
            let file = bench.directory.appending(path: "copy-\(pair)-\(producer).bin")
            let bytes = EventCopy.encode(
                [EventBatch(source: nil, events: bench.events(rows, label: "c\(pair)-\(producer)"))],
                batchIDs: [-Int64(pair * 2 + producer + 1)])
            try Data(bytes).write(to: file)
            files.append(file)
        }
        try await bench.settle()
        let statements = files.map {
            "\\copy \(bench.database.schema).workflow_events (\(EventCopy.columns)) from '\($0.path())' with (format binary)"
        }
        let time = try await seconds {
            try await withThrowingTaskGroup { group in
                for statement in statements {
                    group.addTask {
                        let result = try await Subprocess.run(
                            .name("psql"), arguments: ["-qX", "-d", bench.database.url, "-c", statement],
                            output: .discarded, error: .string(limit: 4096))
                        guard result.terminationStatus.isSuccess else {
                            throw BenchError("psql: \(result.standardError)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        for file in files { try FileManager.default.removeItem(at: file) }
        return time
    }
}

/// Why nothing was measured.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
