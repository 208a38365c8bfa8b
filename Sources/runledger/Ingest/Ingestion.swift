import WorkflowEvents
import WorkflowEventsPostgres

/// Stores the lines of a file, batch by batch and in their order: while one batch is written the next one is read.
struct Ingestion {
    let writer: BatchWriter
    let fileName: String
    private(set) var report = IngestReport()
    private var pending: (lines: LineBatch, result: Task<AppendResult, any Error>)?

    init(writer: BatchWriter, fileName: String) {
        self.writer = writer
        self.fileName = fileName
    }

    /// Hands `lines` to the writer once those before them are stored.
    mutating func store(_ lines: LineBatch) async throws {
        try await finish()
        let writer = writer
        pending = (lines, Task { try await writer.append(lines.events) })
    }

    /// Waits until everything handed over is stored.
    mutating func finish() async throws {
        guard let (lines, task) = pending else { return }
        pending = nil
        let result = try await task.value
        report.accepted += result.acceptedCount
        report.duplicates += result.duplicateCount
        let refused = lines.refused + result.refused.map { (lines.lineNumbers[$0.index], $0.reason) }
        report.refused += refused.count
        for (line, reason) in refused.sorted(by: { $0.line < $1.line }) {
            Terminal.note("\(fileName):\(line): \(reason)")
        }
    }
}
