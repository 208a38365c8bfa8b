import LibPQ

/// Puts everything in order again, and has everybody finish what they were at.
struct Healing: Sendable {
    let world: World
    let writers: [RawWriter]
    let logs: [StreamLog]
    let monthsAway: MonthsAway

    /// Gives each step `patience`.
    func run(patience: Duration) async throws -> Check {
        for proxy in world.proxies { proxy.heal() }
        try await wait(patience, "PostgreSQL does not run again") {
            (try? await world.value("select true", as: Bool.self)) == true
        }
        try await world.replicas.ready(within: patience)
        for writer in writers { writer.finish() }
        var faults = try await finishSkills(patience)
        for writer in writers {
            let isFinished = await isTrue(within: patience) { writer.isFinished }
            if !isFinished { faults.append("\(writer.name) is not answered with 201") }
        }
        try await monthsAway.happen()
        let head = try await world.value("select sequence()", as: Int64.self)
        for log in logs {
            let last = try await lastPosition(of: log, head)
            let isThere = await isTrue(within: patience) { log.position >= last }
            if !isThere { faults.append("\(log.name) comes no further than \(log.position) of \(last)") }
        }
        // The last to end: everybody else needs them.
        for process in world.replicaProcesses {
            let isGood = try await process.finish(patience: patience)
            if !isGood { faults.append("\(process.name) does not end with 0 when asked to") }
        }
        let ends = (world.replicaProcesses + world.skills).map { (name: $0.name, time: $0.slowestEnd) }
        for end in ends where end.time >= FaultInjector.endPatience {
            faults.append("\(end.name) had to be killed when it was asked to end")
        }
        let slowest = ends.map(\.time).max() ?? .zero
        return Check(
            "once healed, everybody finishes", "the slowest to end took \(Int(slowest / .milliseconds(1))) ms",
            faults: faults)
    }

    private func finishSkills(_ patience: Duration) async throws -> [String] {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for skill in world.skills + [world.tinySkill] {
                group.addTask {
                    let isGood = try await skill.finish(patience: patience)
                    return isGood ? nil : "\(skill.name) does not get everything delivered"
                }
            }
            return try await group.reduce(into: []) { if let fault = $1 { $0.append(fault) } }
        }
    }

    private func lastPosition(of log: StreamLog, _ head: Int64) async throws -> Int64 {
        guard let node = log.node else { return head }
        return try await world.value(
            """
            select coalesce(max(b.first_position + e.ordinal), 0)
            from workflow_events e join event_batches b on b.id = e.batch_id where e.node = \(node)
            """, as: Int64.self)
    }

    private func wait(_ patience: Duration, _ complaint: String, _ condition: () async -> Bool) async throws {
        guard await isTrue(within: patience, condition) else { throw FaultsError(complaint) }
    }

    private func isTrue(within patience: Duration, _ condition: () async -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + patience
        while await !condition() {
            if ContinuousClock.now > deadline || Task.isCancelled { return false }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return true
    }
}
