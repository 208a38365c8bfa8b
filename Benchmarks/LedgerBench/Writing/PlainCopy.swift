import Foundation
import WorkflowEvents
import WorkflowEventsPostgres

/// What storing events costs PostgreSQL itself: a binary `psql \copy` of prebuilt rows for each producer, all at once.
struct PlainCopy {
    let bench: Workbench
    /// Takes the rows back at the end, so that the ledger holds only what its own writer stored.
    var isRolledBack = false

    /// Events a second.
    func run(_ producers: [[WorkflowEvent]]) async throws -> Double {
        let files = try producers.map(write)
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        try await bench.settle()
        let time = try await seconds {
            try await withThrowingTaskGroup { group in
                for file in files { group.addTask { try await copy(file) } }
                try await group.waitForAll()
            }
        }
        return Double(producers.reduce(0) { $0 + $1.count }) / time
    }

    private func write(_ events: [WorkflowEvent]) throws -> URL {
        let file = bench.directory.appending(path: "copy-\(UUIDv7.next()).bin")
        // The ledger's own batches count up from 1.
        let batch = -Int64.random(in: 1..<1 << 60)
        try Data(EventCopy.encode([EventBatch(events: events)], batchIDs: [batch])).write(to: file)
        return file
    }

    private func copy(_ file: URL) async throws {
        let table = "\(bench.database.schema).workflow_events"
        let copy = "\\copy \(table) (\(EventCopy.columns)) from '\(file.path())' with (format binary)"
        let commands = isRolledBack ? ["begin", copy, "rollback"] : [copy]
        _ = try await bench.run("psql", ["-qX"] + commands.flatMap { ["-c", $0] } + ["-d", bench.database.url])
    }
}
