import Foundation

/// What happens in a world: work, faults, healing, checks.
struct FaultStory: Sendable {
    let world: World
    let duration: Duration

    private static let rawWriterCount = 3
    private static let patience = Duration.seconds(120)

    func run() async throws -> Verdict {
        let writers = try (1...Self.rawWriterCount).map { try writer("client-\($0)") }
        let streams = streams()
        return try await withThrowingTaskGroup { group in
            for process in world.replicaProcesses { group.addTask { try await process.run() } }
            try await world.replicas.ready(within: Self.patience)
            for process in world.skills + [world.tinySkill] { group.addTask { try await process.run() } }
            for writer in writers { group.addTask { try await writer.run() } }
            for stream in streams { group.addTask { await stream.run() } }
            group.addTask { await StalledClient(replicas: world.replicas).run() }
            defer { group.cancelAll() }
            return try await live(writers, streams.map(\.log))
        }
    }

    private func writer(_ name: String) throws -> RawWriter {
        RawWriter(
            name: name, seed: world.seed, replicas: world.replicas,
            journal: try Journal(path: WorldBuilder.journal(name, in: world.details)))
    }

    private func streams() -> [StreamClient] {
        let kinds: [(String, StreamClient.Form, String?, ClosedRange<Int>?)] = [
            ("websocket", .webSocket, nil, nil), ("websocket-restless", .webSocket, nil, 200...3000),
            ("websocket-review", .webSocket, "REVIEW", 1000...9000), ("sse", .serverSentEvents, nil, nil),
            ("sse-restless", .serverSentEvents, nil, 200...3000),
            ("sse-review", .serverSentEvents, "REVIEW", 1000...9000),
        ]
        return kinds.map { name, form, node, stay in
            StreamClient(
                form: form, log: StreamLog(name: name, node: node), replicas: world.replicas, seed: world.seed,
                stay: stay)
        }
    }

    private func live(_ writers: [RawWriter], _ logs: [StreamLog]) async throws -> Verdict {
        let kinds = Fault.Kind.allCases.filter { kind in
            switch kind {
            case .spoolDiskFilled: world.spoolDisk != nil
            case .serverDiskFilled: world.serverDisk != nil
            case .serverClockStepped, .replicaClockStepped, .machineClockStepped: world.clocks != nil
            default: true
            }
        }
        let schedule = Schedule(seed: world.seed, duration: duration, kinds: kinds)
        let injector = FaultInjector(world: world)
        say("seed \(world.seed): \(schedule.entries.count) faults in \(Int(duration / .seconds(1))) s …")
        try await injector.run(schedule)
        try world.details.write(injector.timeline, to: "faults.log")
        say("healing …")
        let monthsAway = MonthsAway(world: world, writer: try writer("client-months-away"))
        let healing = Healing(world: world, writers: writers, logs: logs, monthsAway: monthsAway)
        let healed = try await healing.run(patience: Self.patience)
        say("checking …")
        let examination = Examination(world: world, writers: writers + [monthsAway.writer], logs: logs)
        let history = try await StoredHistory(world)
        let checks = try await [healed] + examination.checks(history)
        if !checks.allSatisfy(\.faults.isEmpty) { try examination.keep(history, checks) }
        var notes = try examination.notes(history)
        if world.spoolDisk == nil || world.serverDisk == nil {
            notes.append("a disk was not filled: only root can mount a small one")
        }
        if world.clocks == nil {
            notes.append("the clocks of PostgreSQL and the replicas were not set: programs cannot be given one here")
        }
        return Verdict(
            seed: world.seed, duration: duration,
            scheduled: schedule.entries.reduce(into: [:]) { $0[$1.fault.kind, default: 0] += 1 },
            happened: injector.tally, notes: notes, checks: checks)
    }
}
