import WorkflowEvents
import WorkflowEventsPostgres

/// Stores the lines of a file, batch by batch and in their order: while one batch is written the next one is read.
struct Ingestion {
    let writer: BatchWriter
    let fileName: String
    private(set) var report = IngestReport()
    private var pending: Task<AppendResult, any Error>?
    private var pendingLines: [Int] = []

    init(writer: BatchWriter, fileName: String) {
        self.writer = writer
        self.fileName = fileName
    }

    /// Hands `batch` to the writer once the batch before it is stored.
    mutating func store(_ batch: LineBatch) async throws {
        for (line, reason) in batch.refused { refuse(line, reason) }
        try await finish()
        guard !batch.events.isEmpty else { return }
        pendingLines = batch.lineNumbers
        let writer = writer
        pending = Task { try await writer.append(batch.events) }
    }

    /// Waits until everything handed over is stored.
    mutating func finish() async throws {
        guard let pending else { return }
        self.pending = nil
        let result = try await pending.value
        report.accepted += result.acceptedCount
        report.duplicates += result.duplicateCount
        for event in result.refused { refuse(pendingLines[event.index], event.reason) }
    }

    private mutating func refuse(_ line: Int, _ reason: String) {
        report.refused += 1
        Terminal.progress("")
        Terminal.note("\(fileName):\(line): \(reason)")
    }
}
