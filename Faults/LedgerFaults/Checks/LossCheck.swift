/// Compares what went with the memory of skills that were killed with what the sink says may go.
struct LossCheck: Sendable {
    let history: StoredHistory
    let memoryFirst: [WriterRecord]
    let spoolFirst: [WriterRecord]

    /// Beats that an event may be old and not on disk yet: the sink's time, and as much again for the one who writes.
    private static let youngAge = 2 * Int(SkillCommand.spoolAfter / SkillWork.beat)

    var check: Check {
        let stored = Set(history.events.map(\.name))
        var faults: [String] = []
        var (lostCount, killedCount, oldest) = (0, 0, 0)
        for (records, maximumCount, maximumAge) in [
            // Older ones are in the file that is being written.
            (memoryFirst, SkillCommand.maximumBatchCount, Self.youngAge),
            // On disk, or in the hands of those who emit them.
            (spoolFirst, SkillWork.emitterCount, -1),
        ] {
            for record in records {
                for process in record.killed {
                    let lost = process.filter { !stored.contains($0.name) }
                    killedCount += 1
                    lostCount += lost.count
                    oldest = max(oldest, lost.map { $0.age }.max() ?? 0)
                    let tooOld = lost.filter { $0.age > maximumAge }
                    if tooOld.count > maximumCount {
                        faults.append(
                            "\(record.name): \(tooOld.count) events were lost that were older than it may lose, "
                                + "\(tooOld[0].name.text) for one")
                    }
                }
            }
        }
        let age = SkillWork.beat * oldest
        return Check(
            "a skill that is killed loses no more than its sink says",
            "\(lostCount) events by \(killedCount) processes, the oldest \(Int(age / .milliseconds(1))) ms old",
            faults: faults)
    }
}
