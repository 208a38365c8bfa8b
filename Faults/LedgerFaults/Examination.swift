import LibPQ

/// Compares what everybody noted with what the ledger holds.
struct Examination: Sendable {
    let world: World
    let writers: [RawWriter]
    let logs: [StreamLog]

    func checks(_ history: StoredHistory) async throws -> [Check] {
        let records = try (world.skills.map(\.name) + writers.map(\.name)).map(record)
        var checks = EventChecks(
            history: history, writers: records, tiny: try record(world.tinySkill.name),
            toldDrops: try await toldDrops()
        ).checks
        checks.append(try loss(history))
        checks.append(PositionCheck(history: history).check)
        checks.append(try await times())
        checks.append(answers())
        checks.append(StreamCheck(history: history, logs: logs).check)
        checks.append(try await RollupCheck(world: world).check())
        for question in ReportQuestion.all {
            let check = ReportCheck(world: world, question: question, head: Int64(history.events.count))
            checks.append(try await check.check())
        }
        return checks
    }

    /// Who took part.
    func notes(_ history: StoredHistory) throws -> [String] {
        let skills = world.skills + [world.tinySkill]
        let skillStarts = skills.reduce(0) { $0 + $1.startCount }
        let replicaStarts = world.replicaProcesses.reduce(0) { $0 + $1.startCount }
        let steps = try skills.reduce(0) { try $0 + record($1.name).clockStepCount }
        let deliveries = writers.reduce(0) { $0 + $1.outcome.deliveryCount }
        let repetitions = writers.reduce(0) { $0 + $1.outcome.repetitionCount }
        return [
            "\(skills.count) skills in \(skillStarts) processes, \(steps) steps of their clocks",
            "\(world.replicaProcesses.count) replicas in \(replicaStarts) processes",
            "\(writers.count) clients with \(deliveries) answered requests, \(repetitions) of them repeated",
        ]
    }

    private func loss(_ history: StoredHistory) throws -> Check {
        let names = world.skills.map(\.name)
        return LossCheck(
            history: history, memoryFirst: try names.filter { !WorldBuilder.isSpoolFirst($0) }.map(record),
            spoolFirst: try names.filter(WorldBuilder.isSpoolFirst).map(record)
        ).check
    }

    private func record(_ name: String) throws -> WriterRecord {
        WriterRecord(name: name, entries: try Journal.read(WorldBuilder.journal(name, in: world.details)))
    }

    /// Reports may go by when something was sequenced.
    private func times() async throws -> Check {
        let count = try await world.value(
            """
            select count(*) from (
                select sequenced_at < lag(sequenced_at) over (order by first_position) as is_earlier from event_batches
            ) b where is_earlier
            """, as: Int64.self)
        return Check(
            "the time of sequencing does not go back along positions, though clocks do", "",
            faults: count == 0 ? [] : ["\(count) batches have an earlier one than the batch before"])
    }

    private func answers() -> Check {
        let oddities = writers.flatMap(\.outcome.oddities)
        let count = writers.reduce(0) { $0 + $1.outcome.repetitionCount }
        return Check(
            "a request sent again is answered as the promises say", "\(count) repetitions", faults: oddities)
    }

    private func toldDrops() async throws -> [String: Int64] {
        try await world.withAdministrator { connection in
            let rows = try await connection.query(
                """
                select run_id, sum((metrics->>'dropped_events')::numeric)::bigint from workflow_events
                where node = 'runledger.drop' group by run_id
                """)
            return try Dictionary(
                uniqueKeysWithValues: rows.map { row in
                    let (runID, count) = try row.decode(String.self, Int64.self)
                    return (String(runID.trimmingPrefix("runledger:")), count)
                })
        }
    }

    /// Writes down what was seen, what is stored, and what `checks` found.
    func keep(_ history: StoredHistory, _ checks: [Check]) throws {
        for log in logs { try world.details.write(log.lines, to: log.name + ".seen") }
        try world.details.write(
            history.events.map { "\($0.position.map(String.init) ?? "-") \($0.node) \($0.name.text)" },
            to: "stored.events")
        try world.details.write(
            checks.flatMap { check in check.faults.map { "\(check.promise): \($0)" } }, to: "faults.found")
    }
}
