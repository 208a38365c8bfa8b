/// Compares what writers noted with what is stored.
struct EventChecks: Sendable {
    let history: StoredHistory
    let writers: [WriterRecord]
    /// The one that may drop events, as long as it tells.
    let tiny: WriterRecord
    /// Dropped events that stored events tell of, by service.
    let toldDrops: [String: Int64]

    var checks: [Check] {
        let counts = history.events.reduce(into: [EventName: Int]()) { $0[stored(as: $1.name), default: 0] += 1 }
        return [kept(counts), foreign(counts), dropped(counts), order()]
    }

    /// Events that the service named are known by their run.
    private func stored(as name: EventName) -> EventName {
        name.runID.contains("-nameless-") ? EventName(runID: name.runID, ts: 0, id: nil) : name
    }

    private func kept(_ counts: [EventName: Int]) -> Check {
        var faults: [String] = []
        var keptCount = 0
        for writer in writers {
            keptCount += writer.kept.count
            for name in writer.kept where counts[name] != 1 {
                faults.append("\(writer.name): \(name.text) is stored \(counts[name] ?? 0) times")
            }
        }
        let sentCount = writers.reduce(0) { $0 + $1.sent.count }
        return Check(
            "every event that was acknowledged or on disk is stored once",
            "\(keptCount) of \(sentCount) events that were sent",
            faults: faults.sorted())
    }

    private func foreign(_ counts: [EventName: Int]) -> Check {
        var known: Set<EventName> = tiny.sent
        for writer in writers { known.formUnion(writer.sent) }
        let own = history.events.filter(StoredHistory.isOwn)
        var faults: [String] = []
        for event in history.events where !StoredHistory.isOwn(event) {
            let name = stored(as: event.name)
            if !known.contains(name) { faults.append("\(name.text) was sent by nobody") }
            if let count = counts[name], count > 1 { faults.append("\(name.text) is stored \(count) times") }
        }
        return Check(
            "no event is stored that nobody sent, and none twice",
            "\(history.events.count - own.count) events, and \(own.count) of runledger's own", faults: faults)
    }

    private func dropped(_ counts: [EventName: Int]) -> Check {
        let missing = tiny.sent.count { counts[$0] == nil }
        let told = toldDrops[tiny.name] ?? 0
        var faults: [String] = []
        if missing != tiny.droppedCount || Int64(missing) != told {
            faults.append(
                "\(tiny.name): \(missing) are missing, it counted \(tiny.droppedCount), and the ledger was told \(told)"
            )
        }
        for writer in writers {
            let count = max(Int64(writer.droppedCount), toldDrops[writer.name] ?? 0)
            if count > 0 { faults.append("\(writer.name) dropped \(count) though it had room") }
        }
        return Check(
            "what a full buffer and a full spool drop is told, and nothing else is dropped",
            "\(told) of \(tiny.sent.count) events of a skill with little room", faults: faults)
    }

    /// What was acknowledged before another was sent has the lower position.
    private func order() -> Check {
        var positions: [EventName: Int64] = [:]
        for event in history.events { positions[stored(as: event.name)] = event.position }
        var faults: [String] = []
        var comparedCount = 0
        for writer in writers {
            var acknowledged: Int64 = 0
            for entry in writer.entries {
                switch entry {
                case .acknowledged(let name):
                    acknowledged = max(acknowledged, positions[name] ?? 0)
                case .sent(let name):
                    guard let position = positions[name] else { continue }
                    comparedCount += 1
                    if position <= acknowledged {
                        faults.append(
                            "\(writer.name): \(name.text) at \(position) was sent after \(acknowledged) was acknowledged"
                        )
                    }
                default: continue
                }
            }
        }
        return Check(
            "what is acknowledged before another is sent has the lower position", "\(comparedCount) events",
            faults: faults)
    }
}
