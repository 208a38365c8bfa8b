import Foundation

/// Compares what stream clients saw with what is stored.
struct StreamCheck: Sendable {
    let history: StoredHistory
    let logs: [StreamLog]

    var check: Check {
        var faults: [String] = []
        for log in logs {
            faults += log.oddities
            faults += differences(of: log)
        }
        let seenCount = logs.reduce(0) { $0 + $1.entries.count }
        let connectionCount = logs.reduce(0) { $0 + $1.connectionCount }
        return Check(
            "every stream client saw each event once and in order",
            "\(seenCount) events by \(logs.count) clients over \(connectionCount) connections", faults: faults)
    }

    private func differences(of log: StreamLog) -> [String] {
        let expected = history.events.filter { event in log.node.map { $0 == event.node } ?? true }
        let seen = log.entries
        var faults: [String] = []
        for (event, entry) in zip(expected, seen)
        where event.position != entry.position || event.name.id != entry.id {
            faults.append(
                "\(log.name): saw \(entry.id) at \(entry.position) where \(event.name.text) at "
                    + "\(event.position ?? 0) was due")
            break
        }
        if seen.count != expected.count {
            faults.append("\(log.name): saw \(seen.count) events of \(expected.count)")
        }
        return faults
    }
}
