import Foundation
import UnixSignals
import WorkflowEvents

/// What a skill's program does all day.
struct SkillWork: Sendable {
    let name: String
    let seed: UInt64
    let emitter: Emitter
    let clock: SteppingClock
    let journal: Journal
    /// Whether some events are recorded: emitted, and waited for.
    let records: Bool

    /// What tells an event that is recorded.
    static let recordedMetric = "recorded"

    /// How often a journal notes that its process runs; not where nobody lets it, so that an age in beats is one that
    /// the process had the time to do something about.
    static let beat = Duration.milliseconds(100)
    /// Who emits at a time: the workers and a burst.
    static let emitterCount = workerCount + 1

    private static let workerCount = 3
    private static let burstCount = 4000
    private static let pause = 20...120
    private static let drainLimit = Duration.seconds(100)

    /// Works until a signal asks it to end.
    ///
    /// - Returns: false if everything should have been delivered by then and was not.
    func run(untilSignalled sink: DurableSink) async -> Bool {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sigusr1)
        let parent = getppid()
        return await withTaskGroup(of: Void.self) { group in
            for worker in 0..<Self.workerCount { group.addTask { await work(worker) } }
            group.addTask { await stepClock() }
            group.addTask {
                while (try? await Task.sleep(for: Self.beat)) != nil { journal.add(.beat) }
            }
            group.addTask {
                // A skill without its harness has nobody to end it.
                while getppid() == parent, (try? await Task.sleep(for: .seconds(1))) != nil {}
                if getppid() != parent { exit(1) }
            }
            var isDrained = true
            for await signal in signals {
                if signal == .sigusr1 {
                    burst()
                    continue
                }
                group.cancelAll()
                await group.waitForAll()
                if signal == .sigterm { isDrained = await drain(sink) }
                break
            }
            return isDrained
        }
    }

    /// Runs of the workflow, one after the other.
    private func work(_ worker: Int) async {
        // Another process of the same skill does other things.
        var generator = SeededGenerator(seed: seed &+ UInt64(getpid()), for: "worker \(worker)")
        var number = 0
        while !Task.isCancelled {
            let runID = "\(name)-\(getpid())-\(worker)-\(number)"
            number += 1
            for node in Node.workflowOrder {
                guard (try? await Task.sleep(for: generator.duration(milliseconds: Self.pause))) != nil else { return }
                perform(node, of: runID, &generator)
                if records, generator.oneIn(6) { await record(node, of: runID) }
            }
        }
    }

    private func perform(_ node: Node, of runID: String, _ generator: inout SeededGenerator) {
        let lines = Int.random(in: 1...60, using: &generator)
        let worries = generator.oneIn(5)
        let fails = generator.oneIn(8)
        try? withSkillExecution(runID: runID, node: node, emitter: emitter) { state in
            state.metrics["lines_generated"] = MetricValue(lines)
            if worries { state.issues.append("Warning: \(lines % 7) weak rhymes") }
            if fails { throw FaultsError("too few lines: \(lines % 5)") }
        }
    }

    /// Records an event and notes that it was acknowledged.
    private func record(_ node: Node, of runID: String) async {
        let event = WorkflowEvent(
            ts: clock.now, runID: runID, node: node, phase: .end, durationMS: 7, metrics: [Self.recordedMetric: 1],
            service: name)
        guard (try? await emitter.record(event)) != nil else { return }
        journal.add(.acknowledged(EventName(event)))
    }

    /// Emits more than can be delivered in a moment.
    private func burst() {
        let runID = "\(name)-\(getpid())-burst-\(UUIDv7.next().uuidString.prefix(13))"
        let ts = clock.now.microsecondsSince1970
        for number in 0..<Self.burstCount {
            emitter.emit(
                WorkflowEvent(
                    ts: Timestamp(microsecondsSince1970: ts + Int64(number)), runID: runID, node: .compose,
                    phase: .end, durationMS: number % 900, metrics: ["number": MetricValue(number)]))
        }
    }

    private func stepClock() async {
        var generator = SeededGenerator(seed: seed, for: "clock")
        while (try? await Task.sleep(for: generator.duration(milliseconds: 1000...6000))) != nil {
            clock.step(using: &generator)
            journal.add(.clockStepped)
        }
    }

    /// Waits until `sink` holds nothing any more, in memory or on disk.
    private func drain(_ sink: DurableSink) async -> Bool {
        let deadline = ContinuousClock.now + Self.drainLimit
        // What others left is taken over within moments of the start.
        try? await Task.sleep(for: .seconds(1))
        var emptyCount = 0
        while emptyCount < 3, ContinuousClock.now < deadline {
            let status = sink.status
            emptyCount = status.queuedEventCount == 0 && status.spoolBytes == 0 ? emptyCount + 1 : 0
            try? await Task.sleep(for: .milliseconds(100))
        }
        return emptyCount == 3
    }
}
