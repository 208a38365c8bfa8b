import Dispatch
import Foundation
import Logging
import Synchronization
import WorkflowEvents

/// Measures what a durable sink costs the one who emits, and whether it keeps up without growing.
///
///     durable-sink-benchmark cost [EVENTS]
///     durable-sink-benchmark sustain [EVENTS] [EVENTS_PER_SECOND]
@main
struct DurableSinkBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        switch arguments.first {
        case "cost": try await cost(events: numbers.first ?? 2_000_000)
        case "mem": try await cost(events: numbers.first ?? 2_000_000, only: "memory-first")
        case "sustain":
            try await sustain(events: numbers.first ?? 10_000_000, rate: numbers.dropFirst().first ?? 50_000)
        default: print("usage: durable-sink-benchmark cost [EVENTS] | sustain [EVENTS] [EVENTS_PER_SECOND]")
        }
    }

    /// Nanoseconds of one `emit` of an event that is ready, as one thread emits as fast as it can.
    static func cost(events: Int, only: String? = nil) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "sink-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, mode) in [
            ("memory-first", DurableSink.Settings.Mode.memoryFirst), ("spool-first", .spoolFirst),
        ] where only == nil || only == name {
            var settings = DurableSink.Settings()
            settings.spoolDirectory = directory.path
            settings.bufferBytes = 8 << 30
            settings.spoolBytes = 8 << 30
            settings.mode = mode
            settings.spoolAfter = .seconds(60)
            for attempt in 1...5 {
                let destination = CountingDestination()
                let count = mode == .memoryFirst ? events : events / 10
                let sink = try DurableSink(destination: destination, settings: settings, service: "benchmark")
                let chunks = try await running(sink) { emit(count, to: sink) }
                let mean = chunks.reduce(0, +) / Double(chunks.count)
                print(
                    "\(name) run \(attempt): median \(Int(chunks.sorted()[chunks.count / 2])) mean \(Int(mean))"
                        + " ns an event, \(destination.count) of \(count) delivered")
            }
        }
    }

    /// Emits in chunks of 100 events just made, as a skill would, and tells the nanoseconds an event of each chunk.
    static func emit(_ count: Int, to sink: DurableSink) -> [Double] {
        stride(from: 0, to: count, by: 100).map { first in
            let events = (first..<first + 100).map(event)
            let start = DispatchTime.now().uptimeNanoseconds
            for event in events { sink.emit(event) }
            return Double(DispatchTime.now().uptimeNanoseconds - start) / 100
        }
    }

    /// Emits at a steady rate and prints what is delivered, dropped and resident meanwhile.
    static func sustain(events: Int, rate: Int) async throws {
        let destination = CountingDestination()
        let directory = FileManager.default.temporaryDirectory.appending(path: "sink-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        var settings = DurableSink.Settings()
        settings.spoolDirectory = directory.path
        let sink = try DurableSink(destination: destination, settings: settings, service: "benchmark")
        let clock = ContinuousClock()
        let start = clock.now
        try await running(sink) {
            var emitted = 0
            var nextReport = 0
            while emitted < events {
                let elapsed = clock.now - start
                let due = min(events, Int(Double(rate) * (elapsed / .seconds(1))))
                while emitted < due {
                    sink.emit(event(emitted))
                    emitted += 1
                }
                if emitted >= nextReport {
                    print("\(emitted) emitted, \(sink.status.droppedEventCount) dropped, RSS \(residentKiB()) KiB")
                    nextReport += events / 20
                }
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        let seconds = (clock.now - start) / .seconds(1)
        let status = sink.status
        print(
            "\(destination.count) delivered in \(seconds) s, \(Int(Double(events) / seconds)) events/s,"
                + " \(status.droppedEventCount) dropped, \(status.spooledEventCount) spooled, RSS \(residentKiB()) KiB")
    }

    static func event(_ number: Int) -> WorkflowEvent {
        WorkflowEvent(
            runID: "2f1c9a4e-3c5d-4e1b-9a51-0f4f5f1f6a77", node: .lyrics, phase: .end, durationMS: number & 0xFFFF,
            metrics: [
                "lines_generated": 42, "verses": 3, "choruses": 2, "citations": 5, "avg_line_length": 8.5,
            ],
            issues: ["Warning: short lyrics"], service: "benchmark")
    }

    static func running<Result>(_ sink: DurableSink, _ body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sink.run() }
            let result = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    static func residentKiB() -> Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages.flatMap { Int($0[1]) } ?? 0) * 4
    }
}

/// Counts events and lets them go.
final class CountingDestination: BatchDestination {
    private let total = Atomic(0)

    var count: Int { total.load(ordering: .relaxed) }

    func deliver(_ events: [WorkflowEvent]) async throws(DestinationError) -> [RefusedEvent] {
        total.wrappingAdd(events.count, ordering: .relaxed)
        return []
    }
}
