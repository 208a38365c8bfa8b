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
            case .clockStepped, .dropped: break
            }
        }
        self.sent = sent
        self.kept = kept
    }

    /// How many events it says it dropped.
    var droppedCount: Int {
        entries.reduce(0) { if case .dropped(let count) = $1 { $0 + count } else { $0 } }
    }

    var clockStepCount: Int { entries.count { $0 == .clockStepped } }
}
