import Foundation
import WorkflowEvents

/// What a durable sink costs the one who emits, while its events are delivered to where nothing is done with them.
struct DurableSinkCosts {
    let directory: URL

    func rows() async throws -> [[String]] {
        [
            try await row("`emit`, durable sink, memory first", .memoryFirst),
            try await row("`emit`, durable sink, spool first", .spoolFirst),
        ]
    }

    private func row(_ what: String, _ mode: DurableSink.Settings.Mode) async throws -> [String] {
        var settings = DurableSink.Settings()
        settings.mode = mode
        settings.spoolDirectory = directory.appending(path: "spool-\(UUIDv7.next())").path()
        // Nothing is to be dropped or spooled because the deliverer is slower than this.
        settings.bufferBytes = 8 << 30
        settings.spoolBytes = 8 << 30
        settings.spoolAfter = .seconds(60)
        let sink = try DurableSink(destination: IdleDestination(), settings: settings, service: "bench")
        let running = Task { try await sink.run() }
        let row = try MicroCost(
            what: what,
            operation: { for _ in 0..<$0 { sink.emit(LyricsSkill.event) } }
        ).row()
        await sink.flush()
        let dropped = sink.status.droppedEventCount
        running.cancel()
        _ = await running.result
        guard dropped == 0 else { throw BenchError("the sink dropped \(dropped) events") }
        return row
    }
}

/// Takes events and lets them go.
private struct IdleDestination: BatchDestination {
    func deliver(_ events: [WorkflowEvent]) async throws(DestinationError) -> [RefusedEvent] { [] }
}
