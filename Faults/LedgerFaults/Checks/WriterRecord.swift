/// A writer and what its journal says.
struct WriterRecord: Sendable {
    let name: String
    let entries: [Journal.Entry]
    /// What it sent, also what it was never promised.
    let sent: Set<EventName>
    /// What it was promised to be stored.
    let kept: Set<EventName>

    init(name: String, entries: [Journal.Entry]) {
        self.name = name
        self.entries = entries
        var sent: Set<EventName> = []
        var kept: Set<EventName> = []
        var ofThisProcess: [EventName] = []
        for entry in entries {
            switch entry {
            case .began: ofThisProcess = []
            case .sent(let name):
                sent.insert(name)
                ofThisProcess.append(name)
            case .kept(let name), .acknowledged(let name): kept.insert(name)
            case .ended: kept.formUnion(ofThisProcess)
            case .clockStepped, .beat, .dropped: break
            }
        }
        self.sent = sent
        self.kept = kept
    }

    /// How many events it says it dropped.
    var droppedCount: Int {
        entries.reduce(0) { if case .dropped(let count) = $1 { $0 + count } else { $0 } }
    }

    /// The processes that did not end in good order: what each of them sent without a promise that it would be stored,
    /// with the beats that it lived after.
    var killed: [[(name: EventName, age: Int)]] {
        var killed: [[(name: EventName, age: Int)]] = []
        var process: [(name: EventName, beat: Int)] = []
        var beat = 0
        // What was sent last of all may have been sent by a process that was killed last of all.
        for entry in entries + [.began] {
            switch entry {
            case .sent(let name): process.append((name, beat))
            case .beat: beat += 1
            case .ended: process = []
            case .began:
                let last = beat
                let unpromised = process.filter { !kept.contains($0.name) }.map { (name: $0.name, age: last - $0.beat) }
                if !unpromised.isEmpty { killed.append(unpromised) }
                (process, beat) = ([], 0)
            case .kept, .acknowledged, .clockStepped, .dropped: break
            }
        }
        return killed
    }

    var clockStepCount: Int { entries.count { $0 == .clockStepped } }
}
